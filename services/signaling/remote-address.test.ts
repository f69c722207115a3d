import { expect, test } from 'vitest'
import { toAddressKey } from './remote-address.ts'

test.each([
  ['192.168.1.5', '192.168.1.5'],
  ['::ffff:192.168.1.5', '192.168.1.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  [undefined, 'unknown'],
])('%s counts as %s', (address, key) => expect(toAddressKey(address)).toBe(key))
