// Electron's shared libraries on Linux: which are missing, and which Debian package brings each.

/** What Electron 42 links, and its package in Debian 12. */
export const ELECTRON_LIBRARIES = {
  'libglib-2.0.so.0': 'libglib2.0-0',
  'libgobject-2.0.so.0': 'libglib2.0-0',
  'libgio-2.0.so.0': 'libglib2.0-0',
  'libnspr4.so': 'libnspr4',
  'libnss3.so': 'libnss3',
  'libnssutil3.so': 'libnss3',
  'libsmime3.so': 'libnss3',
  'libatk-1.0.so.0': 'libatk1.0-0',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0',
  'libatspi.so.0': 'libatspi2.0-0',
  'libcups.so.2': 'libcups2',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libcairo.so.2': 'libcairo2',
  'libgtk-3.so.0': 'libgtk-3-0',
  'libpango-1.0.so.0': 'libpango-1.0-0',
  'libX11.so.6': 'libx11-6',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXdamage.so.1': 'libxdamage1',
  'libXext.so.6': 'libxext6',
  'libXfixes.so.3': 'libxfixes3',
  'libXrandr.so.2': 'libxrandr2',
  'libgbm.so.1': 'libgbm1',
  'libexpat.so.1': 'libexpat1',
  'libxcb.so.1': 'libxcb1',
  'libxkbcommon.so.0': 'libxkbcommon0',
  'libudev.so.1': 'libudev1',
  'libasound.so.2': 'libasound2',
}

/** @type {ReadonlyMap<string, string>} */
const packageOf = new Map(Object.entries(ELECTRON_LIBRARIES))

/** Before Electron is there to be asked. @param {string} ldconfig what `ldconfig -p` prints */
export function missingFromCache(ldconfig) {
  const present = new Set([...ldconfig.matchAll(/^\s*(\S+) \(/gm)].map(match => match[1]))
  return [...packageOf.keys()].filter(library => !present.has(library))
}

/** @param {string} ldd what `ldd <program>` prints @returns {string[]} names of libraries that were not found */
export const missingFromLdd = ldd => [...ldd.matchAll(/^\s*(\S+) => not found/gm)].map(match => match[1] ?? '')

/** @param {readonly string[]} libraries @returns {string[]} packages, each once; a library that nobody knows stays as it is */
export const packagesOfLibraries = libraries => [
  ...new Set(libraries.map(library => packageOf.get(library) ?? library)),
]
