import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

/**
 * Whose request it is: the socket's address or, behind proxies that `TRUSTED_PROXIES` names, the
 * last address of `X-Forwarded-For` that is not one of them. What anybody else puts there is ignored.
 */
export function callerAddress(request: IncomingMessage, trustedProxies: readonly string[]): string {
  const socket = plain(request.socket.remoteAddress ?? '')
  if (!trusted(socket, trustedProxies)) return socket
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((item) => plain(item.trim()))
  for (const address of forwarded.reverse()) {
    if (!ipaddr.isValid(address)) return socket
    if (!trusted(address, trustedProxies)) return address
  }
  return socket
}

function plain(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}

function trusted(address: string, proxies: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return proxies.some((proxy) => {
    const [network, bits] = ipaddr.isValidCIDR(proxy) ? ipaddr.parseCIDR(proxy) : [ipaddr.process(proxy), undefined]
    if (network.kind() !== parsed.kind()) return false
    return parsed.match(network, bits ?? (network.kind() === 'ipv4' ? 32 : 128))
  })
}
