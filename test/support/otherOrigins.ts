/** Origins that are not `url`'s, however much they look like it. */
export function otherOrigins(url: string): Record<string, string> {
  const { protocol, hostname, port, origin } = new URL(url)
  const other = protocol === 'https:' ? 'http:' : 'https:'
  return {
    foreign: 'https://evil.example',
    null: 'null',
    empty: '',
    'the other scheme': origin.replace(protocol, other),
    'our name in front': `${origin}.evil.example`,
    'our name behind': `${protocol}//evil-${hostname}:${port}`,
    'a part of our name': `${protocol}//${hostname.slice(1)}:${port}`,
    'a name below ours': `${protocol}//x.${hostname}:${port}`,
    'another port': `${protocol}//${hostname}:1`,
    'no port': `${protocol}//${hostname}`,
    'a longer port': `${origin}0`,
    'the address of the name': `${protocol}//127.0.0.1:${port}`,
    'in capitals': origin.toUpperCase(),
    'with a slash': `${origin}/`,
    'with a path': `${origin}/desk`,
    'as a user': `${protocol}//${hostname}:${port}@evil.example`,
    'before a dot': `${protocol}//${hostname}.:${port}`,
    'two in one': `${origin}, https://evil.example`,
    'two in one, ours last': `https://evil.example ${origin}`,
    'a file': 'file://',
    'an extension': 'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  }
}
