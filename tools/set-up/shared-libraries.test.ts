import { expect, test } from 'vitest'
import { ELECTRON_LIBRARIES, missingFromCache, missingFromLdd, packagesOfLibraries } from './shared-libraries.mjs'

const ldd = `	linux-vdso.so.1 (0x00007ffd5c9f2000)
	libffmpeg.so => /app/dist/libffmpeg.so (0x00007f0c1c600000)
	libgtk-3.so.0 => not found
	libnss3.so => not found
	libnssutil3.so => not found
	libsomething-new.so.4 => not found
	/lib64/ld-linux-x86-64.so.2 (0x00007f0c2b4f1000)
`

test('libraries that ldd does not find are named, others are not', () => {
  expect(missingFromLdd(ldd)).toEqual(['libgtk-3.so.0', 'libnss3.so', 'libnssutil3.so', 'libsomething-new.so.4'])
  expect(missingFromLdd('	statically linked\n')).toEqual([])
})

test('libraries become packages, each once, and an unknown library keeps its name', () => {
  expect(packagesOfLibraries(missingFromLdd(ldd))).toEqual(['libgtk-3-0', 'libnss3', 'libsomething-new.so.4'])
})

test("before Electron is there, the linker's cache tells what will be missing", () => {
  const all = Object.keys(ELECTRON_LIBRARIES)
  const cache = ['312 libs found in cache', ...all.slice(1).map(name => `\t${name} (libc6,x86-64) => /lib/${name}`)]
  expect(missingFromCache(cache.join('\n'))).toEqual([all[0]])
  expect(missingFromCache('')).toEqual(all)
})
