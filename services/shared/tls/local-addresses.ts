import { networkInterfaces } from 'node:os'

export const LOOPBACK = '127.0.0.1'

/**
 * IPv4 addresses under which others on the network may reach this machine, the likeliest first; without loopback and
 * without link-local ones (169.254/16), which mean that the network gave none.
 */
export function listLanAddresses(interfaces = networkInterfaces()): string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
      .map(({ address }) => ({ address, virtual: isVirtual(name) })),
  )
  return [...found.filter(({ virtual }) => !virtual), ...found.filter(({ virtual }) => virtual)].map(
    ({ address }) => address,
  )
}

/** Bridges of containers and virtual machines: other machines seldom reach them, so they come last. */
const isVirtual = (name: string) => /^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd)/.test(name)
