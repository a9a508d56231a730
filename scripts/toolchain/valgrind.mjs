// @ts-check
/** Valgrind, whose callgrind counts instructions. The committed counts are those of x86-64 Linux. */
import { join } from 'node:path'
import { which } from '../lib/run.mjs'
import { debianPrograms } from './debian-programs.mjs'

/**
 * @param {(line: string) => void} note
 * @returns {Promise<string>} path of the program
 */
export async function valgrind(note) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('instructions are counted on x86-64 Linux')
  const found = which('valgrind')
  if (found) return found
  const wanted = {
    name: 'valgrind',
    packages: ['valgrind'],
    programs: ['valgrind.bin'], // `valgrind` is a script that stumbles over spaces
    env: { VALGRIND_LIB: 'usr/libexec/valgrind' },
  }
  return join(await debianPrograms(wanted, note), 'bin', 'valgrind.bin')
}
