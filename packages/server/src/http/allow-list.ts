/**
 * Which addresses belong to a list of addresses and networks.
 */

import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** @param networks as `isNetwork` accepts them: `10.0.0.0/8`, `::1` */
export function createAllowList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    if (isIPv4(address)) return list.check(address, 'ipv4')
    const mapped = /^::ffff:([\d.]+)$/.exec(address)?.[1]
    if (mapped !== undefined && isIPv4(mapped)) return list.check(mapped, 'ipv4')
    const [plain = ''] = address.split('%')
    return isIPv6(plain) && list.check(plain, 'ipv6')
  }
}
