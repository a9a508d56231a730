// @ts-check
/**
 * Debian's rustc, cargo, library source and lld, downloaded and UNPACKED, never installed: rustc-web conflicts
 * with every other Rust on the machine, and unpacking needs no root. apt works on private folders, so the
 * system's package lists, caches and locks are neither needed nor touched.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { run, which } from '../lib/run.mjs'
import { compareVersions, minimumRust } from './rust.mjs'

/** Backported compilers first (stable Debian has them under these names), then the distribution's own. */
const SETS = [
  { rustc: 'rustc-web', packages: ['rustc-web', 'cargo-web', 'rust-web-src', 'lld'] },
  { rustc: 'rustc', packages: ['rustc', 'cargo', 'rust-src', 'lld'] },
]

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

export function canUnpackDebian() {
  return (
    which('apt-get') !== null &&
    which('apt-cache') !== null &&
    which('dpkg-deb') !== null &&
    existsSync('/var/lib/dpkg/status')
  )
}

/**
 * @param {string} work an empty folder for downloads, on the same disk as the result
 * @param {string} into the folder to unpack into
 */
export async function unpackDebianRust(work, into) {
  const apt = privateApt(join(work, 'apt'))
  await run('apt-get', [...apt.options, 'update'], { env: apt.env, timeoutMs: 180_000 })

  const minimum = minimumRust()
  /** @type {string[]} */
  const offered = []
  let packages
  for (const set of SETS) {
    const { stdout } = await run('apt-cache', [...apt.options, 'policy', set.rustc], { env: apt.env })
    const version = /Candidate: (?:\d+:)?(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
    if (version) offered.push(`${set.rustc} ${version}`)
    if (version && compareVersions(version, minimum) >= 0) {
      packages = set.packages
      break
    }
  }
  if (!packages)
    throw new Error(`this Debian offers ${offered.join(', ') || 'no rustc'}, and ${minimum} or newer is needed`)

  // The resolver adds the shared libraries that this machine lacks; nothing is installed or removed.
  await run('apt-get', [...apt.options, 'install', '--yes', '--download-only', '--reinstall', ...packages], {
    env: apt.env,
    timeoutMs: 600_000,
  })
  mkdirSync(into, { recursive: true })
  const archives = readdirSync(apt.archives).filter(
    name => name.endsWith('.deb') && !SYSTEM_LIBRARIES.test(basename(name)),
  )
  for (const archive of archives) await run('dpkg-deb', ['-x', join(apt.archives, archive), into])
}

/** @param {string} dir */
function privateApt(dir) {
  const archives = join(dir, 'archives')
  for (const part of ['state', 'lists/partial', 'archives/partial']) mkdirSync(join(dir, part), { recursive: true })
  // A copy of what is installed lets the resolver leave out what the machine already has.
  const status = join(dir, 'state', 'status')
  copyFileSync('/var/lib/dpkg/status', status)
  const conf = join(dir, 'apt.conf')
  writeFileSync(conf, APT_CONF)
  /** @type {Record<string, string>} */
  const settings = {
    'Dir::State': join(dir, 'state'),
    'Dir::State::Lists': join(dir, 'lists'),
    'Dir::State::status': status,
    'Dir::Cache': dir,
    'Dir::Cache::archives': archives,
  }
  const options = ['-q', '-c', conf, ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
  return { archives, options, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } }
}
