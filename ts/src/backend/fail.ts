import { type KernelCode, ZgkitError } from '../errors.js'

/** Throws a kernel's error that two numbers explain. */
export function fail(code: KernelCode, expected: number, got: number): never {
  throw new ZgkitError(code, `${code}: expected ${expected}, got ${got}`, { expected, got })
}
