import { playwright } from '@vitest/browser-playwright'
import { chromiumArgs } from '../../scripts/lib/browser.mjs'

/** The tests in a real Chromium; without one, none (scripts/test.mjs says so, or fails where it must be there). */
export function browserProject(executablePath: string | undefined) {
  if (!executablePath) return undefined
  return {
    test: {
      name: 'browser',
      include: ['ts/test/{vectors,unit,browser}/**/*.test.ts'],
      testTimeout: 120_000,
      hookTimeout: 120_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: chromiumArgs() } }),
        instances: [{ browser: 'chromium' as const }],
      },
    },
    optimizeDeps: { include: ['fast-check', '@noble/hashes/sha3.js', '@noble/hashes/blake2.js'] },
  }
}
