import type { SingleBar } from 'cli-progress'
import pc from 'picocolors'
import { ZgkitError } from '../errors.js'
import type { Progress } from '../run/control.js'

/** Exit codes of the command line. */
export const EXIT = { ok: 0, rejected: 1, usage: 2, environment: 3, interrupted: 130 } as const

/** An error that already knows how the program must end. */
export class CliError extends Error {
  readonly exit: number
  readonly code: string

  constructor(exit: number, code: string, message: string) {
    super(message)
    this.exit = exit
    this.code = code
  }
}

/** Prints a result: JSON with its schema's version, or lines for people. */
export function print(json: boolean, result: Record<string, unknown>, lines: readonly string[]): void {
  const text = json ? JSON.stringify({ schema: 'zgkit/1', ...result }, undefined, 2) : lines.join('\n')
  process.stdout.write(`${text}\n`)
}

/** Prints an error to stderr, with `--json` as an object on stdout as well, and returns the exit code. */
export function printError(json: boolean, error: unknown): number {
  const { exit, code, message } = classify(error)
  if (json) process.stdout.write(`${JSON.stringify({ schema: 'zgkit/1', error: { code, message } }, undefined, 2)}\n`)
  process.stderr.write(`${pc.red('error')} ${pc.bold(code)}: ${message}\n`)
  return exit
}

/** Numbers and names that the user gave wrongly. */
const USAGE_CODES = new Set(['RANGE', 'INDEX_RANGE', 'INVALID_HEX', 'BUFFER_LENGTH', 'INVALID_ARGUMENT'])

function classify(error: unknown): { exit: number; code: string; message: string } {
  if (error instanceof CliError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof ZgkitError) {
    return { exit: USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.environment, code: error.code, message }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { exit: EXIT.interrupted, code: 'INTERRUPTED', message: 'interrupted' }
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL'
  return { exit: EXIT.environment, code, message }
}

/** A progress bar on stderr, only where a person watches it; just how much was done, where the first event has no total. */
export async function progressBar(label: string): Promise<{ update: (progress: Progress) => void; stop: () => void }> {
  if (!process.stderr.isTTY) return { update() {}, stop() {} }
  const { SingleBar } = await import('cli-progress')
  let bar: SingleBar | undefined
  return {
    update({ done, total }) {
      const megabytes = (done / 1e6).toFixed(0)
      if (!bar) {
        bar = new SingleBar({
          format: `${label} ${total === undefined ? '' : '{bar} {percentage}% '}{megabytes} MB`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
        })
        bar.start(total ?? 0, 0, { megabytes })
      }
      if (total) bar.setTotal(total)
      bar.update(done, { megabytes })
    },
    stop: () => bar?.stop(),
  }
}
