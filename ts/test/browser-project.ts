import { playwright } from '@vitest/browser-playwright'
import { chromiumArgs } from '../../scripts/lib/browser.mjs'

/**
 * The tests in a real Chromium; without one, none (scripts/test.mjs says so, or fails where it must be there).
 * @param deep also the long ones
 */
export function browserProject(executablePath: string | undefined, deep: boolean) {
  if (!executablePath) return undefined
  const args = chromiumArgs()
  if (deep) args.push('--js-flags=--expose-gc')
  return {
    test: {
      name: 'browser',
      // One page for all files, which asks for every module once; the long tests measure its memory.
      isolate: deep,
      include: [`ts/test/{vectors,unit,browser${deep ? ',deep-browser' : ''}}/**/*.test.ts`],
      testTimeout: 120_000,
      hookTimeout: 120_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args } }),
        instances: [{ browser: 'chromium' as const }],
      },
    },
    optimizeDeps: {
      include: ['fast-check', '@noble/hashes/sha3.js', '@noble/hashes/blake2.js', '@noble/curves/secp256k1.js'],
    },
  }
}
