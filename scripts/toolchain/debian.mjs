// @ts-check
/**
 * Debian packages, downloaded and UNPACKED, never installed: some conflict with what the machine has (rustc-web with
 * every other Rust), and unpacking needs no root. apt works on private folders, so the system's package lists, caches
 * and locks are neither needed nor touched.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, which } from '../lib/run.mjs'

/** Never unpacked beside the system's own: a second C library under another loader crashes every program. */
const SYSTEM_LIBRARIES = /^(libc6|libc-bin|libc6-dev|libgcc-s1|libstdc\+\+6|libcrypt1)_/

/** Set-up hooks of desktop machines have no business with a private download. */
const APT_CONF = `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
APT::Sandbox::User "";
APT::Install-Recommends "false";
Debug::NoLocking "true";
Acquire::Languages "none";
Acquire::Retries "2";
`

export const NO_DEBIAN = 'not a Debian system, so its packages cannot be unpacked'

export function canUnpackDebian() {
  return (
    which('apt-get') !== null &&
    which('apt-cache') !== null &&
    which('dpkg-deb') !== null &&
    existsSync('/var/lib/dpkg/status')
  )
}

/**
 * @typedef {object} Apt
 * @property {(name: string) => Promise<string | null>} candidate the upstream version on offer
 * @property {(packages: readonly string[], into: string) => Promise<void>} unpack with every library that this machine lacks
 * @property {(packages: readonly string[], into: string) => Promise<void>} unpackAlone without what they depend on
 */

/**
 * Fetches the package lists.
 * @param {string} dir an empty folder for lists and downloads, on the same disk as what is unpacked
 * @param {{foreign?: string | undefined}} [options] an architecture besides the machine's own
 * @returns {Promise<Apt>}
 */
export async function privateApt(dir, { foreign } = {}) {
  const archives = join(dir, 'archives')
  for (const part of ['state', 'lists/partial', 'archives/partial']) mkdirSync(join(dir, part), { recursive: true })
  // A copy of what is installed lets the resolver leave out what the machine already has.
  const status = join(dir, 'state', 'status')
  copyFileSync('/var/lib/dpkg/status', status)
  const conf = join(dir, 'apt.conf')
  writeFileSync(conf, foreign ? `${APT_CONF}APT::Architectures:: "${foreign}";\n` : APT_CONF)
  /** @type {Record<string, string>} */
  const settings = {
    'Dir::State': join(dir, 'state'),
    'Dir::State::Lists': join(dir, 'lists'),
    'Dir::State::status': status,
    'Dir::Cache': dir,
    'Dir::Cache::archives': archives,
  }
  const options = ['-q', '-c', conf, ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  await run('apt-get', [...options, 'update'], { env, timeoutMs: 180_000 })

  /**
   * @param {string} from
   * @param {string} into
   */
  const unpackAll = async (from, into) => {
    mkdirSync(into, { recursive: true })
    for (const name of readdirSync(from)) {
      if (name.endsWith('.deb') && !SYSTEM_LIBRARIES.test(name)) await run('dpkg-deb', ['-x', join(from, name), into])
    }
  }
  return {
    async candidate(name) {
      const { stdout } = await run('apt-cache', [...options, 'policy', name], { env })
      return /Candidate: (?:\d+:)?(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? null
    },
    async unpack(packages, into) {
      // Nothing is installed or removed.
      const args = ['install', '--yes', '--download-only', '--reinstall', ...packages]
      await run('apt-get', [...options, ...args], { env, timeoutMs: 600_000 })
      await unpackAll(archives, into)
    },
    async unpackAlone(packages, into) {
      const alone = join(dir, 'alone')
      mkdirSync(alone)
      await run('apt-get', [...options, 'download', ...packages], { cwd: alone, env, timeoutMs: 600_000 })
      await unpackAll(alone, into)
    },
  }
}
