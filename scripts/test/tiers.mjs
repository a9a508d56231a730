// @ts-check
/**
 * How many tests each tier really had, and the module of zgkit/verify. The tag of a tier stands in square brackets in the test's full
 * name; counting them keeps a tier that silently never ran from looking green.
 */
export const TAGS = ['native', 'wasm-simd', 'wasm', 'js', 'verifier']

/** Tags that must have at least one passed test in a strict run, by vitest project. A browser has no native tier. */
const REQUIRED = { node: TAGS, browser: TAGS.filter(tag => tag !== 'native') }

/**
 * @typedef {{passed: number, failed: number, skipped: number, tiers: Record<string, number>}} ProjectCount
 * @typedef {Record<string, ProjectCount>} Counts by vitest project
 */

/**
 * @param {Counts} counts changed in place
 * @param {string} project vitest adds the browser's name in brackets; the tiers do not depend on it
 * @param {string} fullName
 * @param {string} state
 */
export function countTest(counts, project, fullName, state) {
  const name = project.replace(/ \(.*\)$/, '') || 'unnamed'
  const empty = () => ({ passed: 0, failed: 0, skipped: 0, tiers: Object.fromEntries(TAGS.map(tag => [tag, 0])) })
  counts[name] ??= empty()
  const count = counts[name]
  if (state === 'failed') count.failed += 1
  else if (state !== 'passed') count.skipped += 1
  else {
    count.passed += 1
    for (const tag of TAGS) if (fullName.includes(`[${tag}]`)) count.tiers[tag] = (count.tiers[tag] ?? 0) + 1
  }
}

/**
 * @param {Counts} counts
 * @returns {string[]} what a strict run misses
 */
export function missingTiers(counts) {
  return Object.entries(REQUIRED).flatMap(([project, tags]) =>
    tags
      .filter(tag => !counts[project]?.tiers[tag])
      .map(tag => `no test of tier [${tag}] passed in project ${project}`),
  )
}

/** @param {Counts} counts */
export function describeTiers(counts) {
  return Object.entries(counts).map(([project, { passed, skipped, tiers }]) => {
    const parts = Object.entries(tiers).map(([tag, number]) => `[${tag}] ${number}`)
    return `${project}: ${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}; ${parts.join(', ')}`
  })
}
