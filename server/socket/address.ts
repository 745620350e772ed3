import { BlockList, isIPv6 } from 'node:net'

/** Whose address a request counts for. */
export type AddressOf = (request: Request, peer: string) => string

/**
 * The address that a connection comes from: the peer's, or, where the peer is a proxy that is
 * trusted, the nearest one in `X-Forwarded-For` that is not. Of IPv6 the /64, which one client has.
 * @param trustedProxies addresses and CIDR blocks
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = new BlockList()
  for (const proxy of trustedProxies) {
    const [address = '', bits] = proxy.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(bits), family)
  }
  const isTrusted = (address: string) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

  return (request, peer) => {
    let address = plain(peer)
    if (trustedProxies.length > 0 && isTrusted(address)) {
      const forwarded = request.headers.get('x-forwarded-for')?.split(',') ?? []
      for (const hop of forwarded.reverse()) {
        address = plain(hop.trim())
        if (!isTrusted(address)) break
      }
    }
    return network(address)
  }
}

/** `::ffff:10.0.0.1` is 10.0.0.1. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

function network(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const after = tail === '' ? 0 : tail.split(':').length
    while (groups.length + after < 8) groups.push('0')
  }
  return `${[...groups, '0', '0', '0', '0'].slice(0, 4).join(':')}::/64`
}
