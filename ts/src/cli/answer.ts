import pc from 'picocolors'
import { init } from '../backend/choose.js'
import { ZgkitError } from '../errors.js'
import { type CaseResult, caseResult, readCase } from '../pora/json.js'
import { verifyAnswer } from '../pora/verify.js'
import type { Common } from './commands.js'
import { readJson } from './files.js'
import { EXIT, print } from './output.js'

/** What reading and verifying throw for JSON that is no answer. */
const NO_ANSWER = new Set(['INVALID_ARGUMENT', 'INVALID_HEX', 'BUFFER_LENGTH', 'RANGE', 'LIMIT_EXCEEDED'])

/** Options of `zgkit verify-answer`. */
export interface AnswerOptions extends Common {
  /** The contract's own verdict, without our stricter rules. */
  readonly contractExact: boolean
}

/** `zgkit verify-answer CASE.json` */
export async function verifyAnswerCase(path: string, { json, contractExact }: AnswerOptions): Promise<number> {
  await init()
  const result = await judge(await readJson(path), !contractExact)
  const verdict = result.ok ? pc.green('accepted') : `${pc.red('rejected')}: ${pc.bold(result.code ?? '')}`
  const steps = Object.entries(result.steps).map(([name, value]) => `  ${name.padEnd(18)}${value ?? 'none'}`)
  print(json, { ...result }, [verdict, ...steps])
  return result.ok ? EXIT.ok : EXIT.rejected
}

/** What cannot be an answer is rejected like one that is wrong: only an unreadable file is the environment's fault. */
async function judge(json: unknown, strict: boolean): Promise<CaseResult> {
  try {
    const { answer, task } = readCase(json)
    return caseResult(await verifyAnswer(answer, task, { strict }))
  } catch (error) {
    if (error instanceof ZgkitError && NO_ANSWER.has(error.code)) return { ok: false, code: error.code, steps: {} }
    throw error
  }
}
