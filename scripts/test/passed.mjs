// @ts-check
/**
 * @param {string} output of `cargo test`
 * @returns {number} tests passed
 */
export function passedTests(output) {
  let passed = 0
  for (const [, number] of output.matchAll(/test result: ok\. (\d+) passed/g)) passed += Number(number)
  return passed
}
