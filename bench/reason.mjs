// @ts-check
import { CommandError } from '../scripts/lib/run.mjs'

/** One line on why something cannot be compared with. @param {unknown} error */
export function reasonOf(error) {
  if (!(error instanceof CommandError)) return error instanceof Error ? error.message : String(error)
  const line = error.output.split('\n').find(text => /^(error|ERROR)/.test(text))
  return (line ?? error.reason).replace(/https?:\/\/\S+/g, '(registry)').slice(0, 160)
}
