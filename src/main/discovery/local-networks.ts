import { networkInterfaces } from 'node:os'

/** Administratively scoped (RFC 2365) and not forwarded: it stays on the local network. */
export const GROUP = '239.255.74.43'
export const PORT = 7445

export interface LocalNetwork {
  /** Of this machine, IPv4. */
  address: string
  /** Everybody on it, for networks that lose multicast; null for the machine itself. */
  broadcast: string | null
}

/** The IPv4 networks that this machine is on, the loopback included: two apps may run on one machine. */
export function localNetworks(interfaces = networkInterfaces()): LocalNetwork[] {
  return Object.values(interfaces)
    .flatMap(addresses => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address, netmask, internal }) => ({ address, broadcast: internal ? null : broadcastOf(address, netmask) }))
}

function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number)
  return address
    .split('.')
    .map((byte, i) => (Number(byte) | (~(mask[i] ?? 255) & 255)).toString())
    .join('.')
}
