// @ts-check
/** A vitest reporter: its own JSON report does not say to which project a test belongs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TARGET } from '../lib/paths.mjs'
import { countTest } from './tiers.mjs'

export const TIERS_FILE = join(TARGET, 'vitest-tiers.json')

export default class TiersReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    /** @type {import('./tiers.mjs').Counts} */
    const counts = {}
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        countTest(counts, module.project.name, test.fullName, test.result().state)
      }
    }
    mkdirSync(TARGET, { recursive: true })
    writeFileSync(TIERS_FILE, JSON.stringify(counts, null, 2))
  }
}
