// @ts-check
/** What compiles for 64-bit Arm Linux on another machine, and what runs it there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathWith } from '../lib/paths.mjs'
import { run, which } from '../lib/run.mjs'
import { debianPrograms } from './debian-programs.mjs'
import { AARCH64_TARGET } from './rust.mjs'
import { targetToolchain } from './target.mjs'

const LINKER = 'aarch64-linux-gnu-gcc'
const EMULATORS = ['qemu-aarch64-static', 'qemu-aarch64']

/** Every extension that the emulator knows, SHA-3 among them; pointers signed in a way that is quick to emulate. */
const PROCESSOR = { QEMU_CPU: 'max,pauth-impdef=on' }

/**
 * @typedef {object} CrossTools
 * @property {string} linker
 * @property {string} emulator
 * @property {string[]} linkArgs
 */

/**
 * @typedef {object} Aarch64
 * @property {string} cargo
 * @property {NodeJS.ProcessEnv} env in it cargo builds for `AARCH64_TARGET` and runs what it built
 * @property {string} emulator runs in it what cargo built
 */

/**
 * @param {(line: string) => void} note
 * @returns {Promise<Aarch64>}
 */
export async function aarch64Toolchain(note) {
  const { linker, emulator, linkArgs } = installedTools() ?? (await unpackedTools(note))
  await prove({ linker, emulator, linkArgs })
  const { cargo, env } = await targetToolchain(AARCH64_TARGET, 'rust-std-static-aarch64-unknown-linux-gnu', note)
  const name = AARCH64_TARGET.toUpperCase().replaceAll('-', '_')
  // Linked statically, programs need no loader and no libraries of the other system.
  const rustFlags = ['-C', 'target-feature=+crt-static', ...linkArgs.flatMap(arg => ['-C', `link-arg=${arg}`])]
  return {
    cargo,
    emulator,
    env: {
      ...env,
      ...PROCESSOR,
      // Cargo splits a runner at spaces, and folders may have some: it goes by its name.
      PATH: pathWith([dirname(emulator)], env.PATH),
      [`CARGO_TARGET_${name}_RUNNER`]: basename(emulator),
      [`CARGO_TARGET_${name}_LINKER`]: linker,
      CARGO_ENCODED_RUSTFLAGS: rustFlags.join('\x1f'),
    },
  }
}

/** @returns {CrossTools | null} */
function installedTools() {
  const linker = which(LINKER)
  const emulator = EMULATORS.map(name => which(name)).find(file => file !== null)
  return linker && emulator ? { linker, emulator, linkArgs: [] } : null
}

/**
 * @param {(line: string) => void} note
 * @returns {Promise<CrossTools>}
 */
async function unpackedTools(note) {
  const wanted = {
    name: 'aarch64',
    packages: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'qemu-user'],
    programs: [LINKER, 'qemu-aarch64'],
  }
  const home = await debianPrograms(wanted, note)
  return {
    linker: join(home, 'bin', LINKER),
    emulator: join(home, 'bin', 'qemu-aarch64'),
    linkArgs: [`--sysroot=${home}`],
  }
}

/**
 * Links a program and runs it: a linker without a C library would fail later, and with less to go by.
 * @param {CrossTools} tools
 */
async function prove({ linker, emulator, linkArgs }) {
  const work = mkdtempSync(join(tmpdir(), 'zgkit-aarch64-'))
  try {
    const [source, program] = [join(work, 'probe.c'), join(work, 'probe')]
    writeFileSync(source, 'int main(void) { return 0; }\n')
    await run(linker, [...linkArgs, '-static', '-o', program, source])
    await run(emulator, [program], { env: { ...process.env, ...PROCESSOR } })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
