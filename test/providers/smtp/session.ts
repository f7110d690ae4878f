import type { Socket } from 'node:net'

/** What goes wrong with one message, which begins at its MAIL. */
export type SmtpFault =
  /** Every recipient is refused for good: 550. */
  | 'refuse'
  /** Every recipient is refused for now: 451. */
  | 'greylist'
  /** The connection ends in the middle of the text: nothing is accepted. */
  | 'dropBefore'
  /** It ends when the message was accepted, before the answer says so. */
  | 'dropAfter'
  /** No answer to the text ever; the message was accepted. */
  | 'hangAfter'
  /** The text is refused: 554. */
  | 'refuseData'
  /** 421, and the end of the connection, at MAIL. */
  | 'busy'

interface Mailbox {
  user: { name: string; password: string } | undefined
  size: number
  heard(line: string): void
  nextFault(): SmtpFault | undefined
  accept(from: string, to: readonly string[], raw: Buffer): void
}

type Mode = 'commands' | 'data' | 'authPlain' | 'authName' | 'authPassword'

/** One client, from the greeting to QUIT (RFC 5321, 4954). */
export function converse(socket: Socket, mailbox: Mailbox): void {
  let buffer = Buffer.alloc(0)
  let mode: Mode = 'commands'
  let isGreeted = false
  let isKnown = mailbox.user === undefined
  let name = ''
  let from: string | undefined
  let to: string[] = []
  let fault: SmtpFault | undefined
  const say = (...lines: string[]): void => void socket.write(lines.map((line) => `${line}\r\n`).join(''))

  function forget(): void {
    from = undefined
    to = []
    fault = undefined
  }

  function login(given: string, password: string): void {
    mode = 'commands'
    isKnown = given === mailbox.user?.name && password === mailbox.user.password
    say(isKnown ? '235 2.7.0 Authentication successful' : '535 5.7.8 Authentication credentials invalid')
  }

  function plain(encoded: string): void {
    const [, given = '', password = ''] = Buffer.from(encoded, 'base64').toString().split('\0')
    login(given, password)
  }

  function secret(line: string): void {
    if (line === '*') {
      mode = 'commands'
      return say('501 5.7.0 Authentication cancelled')
    }
    if (mode === 'authPlain') return plain(line)
    const text = Buffer.from(line, 'base64').toString()
    if (mode === 'authPassword') return login(name, text)
    name = text
    mode = 'authPassword'
    say('334 UGFzc3dvcmQ6')
  }

  function auth(argument: string): void {
    const [kind = '', initial] = argument.split(' ')
    if (mailbox.user === undefined) return say('502 5.5.1 Not offered')
    if (kind.toUpperCase() === 'PLAIN') {
      if (initial !== undefined) return plain(initial)
      mode = 'authPlain'
      return say('334 ')
    }
    if (kind.toUpperCase() !== 'LOGIN') return say('504 5.5.4 Unrecognized authentication type')
    mode = 'authName'
    if (initial !== undefined) return secret(initial)
    say('334 VXNlcm5hbWU6')
  }

  function begin(argument: string): void {
    const address = /^FROM:\s*<([^>]*)>(.*)$/i.exec(argument)
    if (!isGreeted) return say('503 5.5.1 Say EHLO first')
    if (!isKnown) return say('530 5.7.0 Authentication required')
    if (address === null) return say('501 5.5.4 Syntax: MAIL FROM:<address>')
    if (from !== undefined) return say('503 5.5.1 A message is under way')
    if (Number(/\bSIZE=(\d+)/i.exec(address[2] ?? '')?.[1] ?? 0) > mailbox.size) return say('552 5.3.4 Too big')
    fault = mailbox.nextFault()
    if (fault === 'busy') {
      say('421 4.3.2 Too busy')
      return void socket.end()
    }
    from = address[1] ?? ''
    say('250 2.1.0 Ok')
  }

  function addRecipient(argument: string): void {
    const address = /^TO:\s*<([^>]+)>/i.exec(argument)?.[1]
    if (from === undefined) return say('503 5.5.1 MAIL first')
    if (address === undefined) return say('501 5.5.4 Syntax: RCPT TO:<address>')
    if (fault === 'refuse') return say(`550 5.1.1 <${address}>: no such user here`)
    if (fault === 'greylist') return say(`451 4.7.1 <${address}>: greylisted, try again later`)
    to.push(address)
    say('250 2.1.5 Ok')
  }

  function command(line: string): void {
    const [, verb = '', argument = ''] = /^(\S*) ?(.*)$/.exec(line) ?? []
    const isAuth = verb.toUpperCase() === 'AUTH'
    mailbox.heard(isAuth ? `AUTH ${argument.split(' ')[0]}` : line)
    switch (verb.toUpperCase()) {
      case 'EHLO':
        isGreeted = true
        forget()
        return say(
          '250-mail.example',
          `250-SIZE ${mailbox.size}`,
          ...(mailbox.user === undefined ? [] : ['250-AUTH PLAIN LOGIN']),
          '250-8BITMIME',
          '250-SMTPUTF8',
          '250-PIPELINING',
          '250 ENHANCEDSTATUSCODES',
        )
      case 'HELO':
        isGreeted = true
        forget()
        return say('250 mail.example')
      case 'AUTH':
        return auth(argument)
      case 'MAIL':
        return begin(argument)
      case 'RCPT':
        return addRecipient(argument)
      case 'DATA':
        if (to.length === 0) return say('503 5.5.1 RCPT first')
        mode = 'data'
        return say('354 End data with <CR><LF>.<CR><LF>')
      case 'RSET':
        forget()
        return say('250 2.0.0 Ok')
      case 'NOOP':
        return say('250 2.0.0 Ok')
      case 'QUIT':
        say('221 2.0.0 Bye')
        return void socket.end()
      default:
        return say('502 5.5.2 Command not recognized')
    }
  }

  /** The whole text of a message, its end found. */
  function finish(text: Buffer): void {
    mode = 'commands'
    const raw = Buffer.from(text.toString('latin1').replaceAll(/(^|\r\n)\.\./g, '$1.'), 'latin1')
    const how = fault
    const [sender, recipients] = [from ?? '', to]
    forget()
    if (how === 'refuseData') return say('554 5.6.0 Not wanted')
    if (raw.length > mailbox.size) return say('552 5.3.4 Too big')
    mailbox.accept(sender, recipients, raw)
    if (how === 'dropAfter') return void socket.destroy()
    if (how !== 'hangAfter') say('250 2.0.0 Ok: queued')
  }

  /** Takes what is whole out of the buffer; false when more must come. */
  function step(): boolean {
    if (mode === 'data') {
      if (fault === 'dropBefore' && buffer.length > 0) {
        socket.destroy()
        return false
      }
      // A message may be empty: then its end is the first line.
      const end = buffer.subarray(0, 3).equals(Buffer.from('.\r\n')) ? 0 : buffer.indexOf('\r\n.\r\n')
      if (end < 0) return false
      const text = buffer.subarray(0, end === 0 ? 0 : end + 2)
      buffer = buffer.subarray(end + (end === 0 ? 3 : 5))
      finish(text)
      return true
    }
    const end = buffer.indexOf('\r\n')
    if (end < 0) return false
    const line = buffer.subarray(0, end).toString()
    buffer = buffer.subarray(end + 2)
    if (mode === 'commands') command(line)
    else secret(line)
    return true
  }

  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    while (!socket.destroyed && step());
  })
  say('220 mail.example ESMTP')
}
