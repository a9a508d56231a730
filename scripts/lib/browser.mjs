// @ts-check
/** Chromium as tests, hosts and the benchmark start it. */

/** @returns {string[]} */
export function chromiumArgs() {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  args.push('--disable-component-update', '--disable-sync', '--enable-precise-memory-info')
  // Chromium's own sandbox does not start for root.
  return process.getuid?.() === 0 ? [...args, '--no-sandbox'] : args
}

/** @param {string} executablePath */
export async function launchChromium(executablePath) {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath, headless: true, args: chromiumArgs() })
}
