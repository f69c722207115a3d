// The media engine's worker executable: already there, else from our cache (npm ci wipes node_modules), else the official prebuilt one,
// else built from the installed package's own sources against the system's libraries (mediasoup-worker/CMakeLists.txt).
import * as fs from 'node:fs'
import { availableParallelism, homedir, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { releasesReachable } from './reachable.mjs'
import { SetUpError, say, step } from './report.mjs'
import { isStopping, runQuietly } from './run-command.mjs'
import { contentHash, readStamp, writeStamp } from './stamp.mjs'
import { installPackages, notInstalled, onPath } from './system-packages.mjs'

const BUILD_PACKAGES = [
  ...['g++', 'cmake', 'ninja-build', 'pkg-config', 'flatbuffers-compiler'],
  ...['libssl-dev', 'libsrtp2-dev', 'libuv1-dev', 'libabsl-dev', 'libflatbuffers-dev'],
]

/** The worker's own answer to being started by anything but mediasoup (worker/src/lib.cpp). */
const EXIT_WITHOUT_VERSION = 41

const PREBUILT_TIMEOUT_MS = 60_000
const recipe = join(import.meta.dirname, 'mediasoup-worker')

/** @param {string} root @param {NodeJS.ProcessEnv} [env] */
function places(root, env = process.env) {
  const home = join(root, 'node_modules/mediasoup')
  const release = join(home, 'worker/out/Release')
  const program = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker'
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'parley/mediasoup-worker', cacheKey(root))
  return { home, binary: join(release, program), stamp: join(release, '.parley-key'), cached: join(cache, program) }
}

/** Version, recipe and machine: any other combination is another binary. @param {string} root */
function cacheKey(root) {
  const lock = JSON.parse(fs.readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version } = lock.packages['node_modules/mediasoup']
  const system =
    readStamp('/etc/os-release')
      ?.match(/^(ID|VERSION_ID)=.*$/gm)
      ?.join() ?? ''
  const hash = contentHash(recipe, ['CMakeLists.txt', 'compat'], { extra: system })
  return `${version}-${process.platform}-${process.arch}-${hash.slice(0, 12)}`
}

/** @param {string} root */
export async function ensureWorker(root) {
  if (process.env.MEDIASOUP_WORKER_BIN) return
  const { home, binary, stamp, cached } = places(root)
  if (readStamp(stamp) === cacheKey(root) && (await runs(binary))) return
  if (!(await fromCache(cached, binary))) {
    if (!(await official(home, binary)) && !(await built(home, binary))) return
    keep(binary, cached)
  }
  writeStamp(stamp, cacheKey(root))
}

/** Before npm ci: whether its build packages will be needed, so that they can be installed meanwhile. @param {string} root */
export async function missingBuildPackages(root) {
  const { binary, cached } = places(root)
  if (process.env.MEDIASOUP_WORKER_BIN || fs.existsSync(binary) || fs.existsSync(cached)) return []
  if (process.platform !== 'linux' || !onPath('dpkg-query') || (await officialPossible())) return []
  return notInstalled(BUILD_PACKAGES)
}

const officialPossible = async () =>
  process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL !== undefined || (await releasesReachable())

/** Whether it starts at all: wrong libraries or a wrong processor show here. @param {string} binary */
async function runs(binary) {
  if (!fs.existsSync(binary)) return false
  const { MEDIASOUP_VERSION: _, ...env } = process.env
  const { code } = await runQuietly(binary, [], { env, timeoutMs: 10_000 })
  return code === EXIT_WITHOUT_VERSION
}

/** @param {string} cached @param {string} binary */
async function fromCache(cached, binary) {
  if (!(await runs(cached))) return false
  place(cached, binary)
  say('media engine: taken from the cache')
  return true
}

/** @param {string} home @param {string} binary */
async function official(home, binary) {
  if (!(await officialPossible())) return false
  return step('media engine: official prebuilt worker', async () => {
    // mediasoup's script goes on to a build with pip when it finds no prebuilt worker; without a Python it stops there.
    const env = { ...process.env, PYTHON: join(home, 'no-python') }
    const args = ['npm-scripts.mjs', 'postinstall']
    const { code } = await runQuietly(process.execPath, args, { cwd: home, env, timeoutMs: PREBUILT_TIMEOUT_MS })
    const usable = code === 0 && (await runs(binary))
    if (!usable) say('media engine: no prebuilt worker that runs here')
    return usable
  })
}

/** @param {string} home @param {string} binary */
async function built(home, binary) {
  if (isStopping()) return false
  if (process.platform !== 'linux') {
    throw new SetUpError(
      `mediasoup's prebuilt worker could not be downloaded, and Parley builds it on Linux only. Check the network and try again, or set MEDIASOUP_WORKER_BIN to a mediasoup-worker of the version in package.json.`,
    )
  }
  if (onPath('dpkg-query')) await installPackages(await notInstalled(BUILD_PACKAGES), 'to build the media engine')
  return step('media engine: building the worker from source (about 2 minutes)', async () => {
    const build = fs.mkdtempSync(join(tmpdir(), 'parley-worker-'))
    try {
      await compile(home, build)
      if (isStopping()) return false
      place(join(build, 'mediasoup-worker'), binary)
    } finally {
      fs.rmSync(build, { recursive: true, force: true })
    }
    if (!(await runs(binary)))
      throw new SetUpError(
        `The media engine was built, but does not run here. Please report it with the output of: ldd ${binary}`,
      )
    return true
  })
}

/** @param {string} home @param {string} build */
async function compile(home, build) {
  // a compiler process takes up to 1 GB
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 2 ** 30)))
  const configure = (/** @type {string[]} */ ...more) =>
    runQuietly('cmake', ['-S', recipe, '-B', build, '-G', 'Ninja', `-DMEDIASOUP_DIR=${home}`, ...more])
  const make = () => runQuietly('ninja', ['-C', build, '-j', String(jobs)])
  const configured = await configure()
  let made = configured.code === 0 ? await make() : configured
  if (configured.code === 0 && made.code !== 0 && !isStopping()) {
    say('media engine: joined sources did not compile, trying them one by one (about 9 minutes)')
    await configure('-DMS_UNITY_BATCH=0')
    made = await make()
  }
  if (isStopping()) return
  if (made.code !== 0) {
    const log = join(tmpdir(), 'parley-worker-build.log')
    fs.writeFileSync(log, made.output)
    throw new SetUpError(
      `The media engine could not be built; the whole log is ${log}. It needs a C++20 compiler, cmake, ninja, pkg-config, flatc, and the headers of OpenSSL 3, libsrtp 2, libuv, abseil and flatbuffers (Debian: ${BUILD_PACKAGES.join(' ')}). Last lines:\n${made.output.trim().split('\n').slice(-8).join('\n')}`,
    )
  }
  await runQuietly('strip', [join(build, 'mediasoup-worker')])
}

/** Never a half-written program under the final name. @param {string} from @param {string} to */
function place(from, to) {
  fs.mkdirSync(dirname(to), { recursive: true })
  fs.copyFileSync(from, `${to}.new`)
  fs.chmodSync(`${to}.new`, 0o755)
  fs.renameSync(`${to}.new`, to)
}

/** @param {string} binary @param {string} cached */
function keep(binary, cached) {
  try {
    place(binary, cached)
  } catch (error) {
    // a home that cannot be written only costs the next npm ci a build
    say(`media engine: not cached (${error instanceof Error ? error.message : error})`)
  }
}
