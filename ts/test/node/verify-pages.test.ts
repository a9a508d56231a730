import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../scripts/lib/browser.mjs'
import { serve } from '../../../scripts/lib/web-server.mjs'
import gold from '../../../testdata/storage/pora_gold.json' with { type: 'json' }
import { FileTree, proofToJson, readCase, toHex } from '../../dist/index.js'
import { painted } from '../patterns.js'

const executablePath = process.env.CHROMIUM_PATH
if (!executablePath) {
  if (process.env.ZGKIT_STRICT) throw new Error('strict run: no Chromium for the pages that verify')
  console.log('pages that verify are left out: no Chromium (CHROMIUM_PATH)')
}

const bytes = painted(700)
const tree = FileTree.buildSync(bytes)
const sector = bytes.subarray(256, 512)
const claim = { root: toHex(tree.root), size: bytes.length, index: 1 }
const { answer, task } = readCase(gold.cases[0])
/** As JSON, with bigints as text that `BigInt` reads. */
const textOf = (value: unknown) => JSON.stringify(value, (_, it) => (typeof it === 'bigint' ? `${it}n` : it))

/** What every page and worker runs: an honest sector, a changed one, and an answer. */
const CHECK = `
import { verifier, verifyAnswer, verifySector } from '/verify.js'
const read = text => JSON.parse(text, (_, it) => (typeof it === 'string' && /^\\d+n$/.test(it) ? BigInt(it.slice(0, -1)) : it))
export function check() {
  const claim = ${JSON.stringify({ ...claim, proof: proofToJson(tree.proveSectorSync(1, bytes)) })}
  const data = Uint8Array.of(${sector.join()})
  const honest = verifySector({ ...claim, data })
  data[7] ^= 1
  const changed = verifySector({ ...claim, data })
  const [answer, task] = read(${JSON.stringify(textOf([answer, task]))})
  const mined = verifyAnswer(answer, task)
  return { ok: honest.ok, code: changed.code, mined: mined.ok, isolated: globalThis.crossOriginIsolated, ...verifier() }
}
`
const FILES: Readonly<Record<string, string>> = {
  '/': '<!doctype html><title>verify</title>',
  '/check.js': CHECK,
  '/worker.js': `import { check } from '/check.js'\npostMessage(check())\n`,
  '/service.js': `import { check } from '/check.js'
addEventListener('install', () => skipWaiting())
addEventListener('activate', event => event.waitUntil(clients.claim()))
addEventListener('message', event => event.source.postMessage(check()))
`,
}

const STRICT = { 'content-security-policy': "default-src 'self'" }

/** A site of these files; `headers` come with each. */
function siteOf(verifyJs: string, headers: Record<string, string>) {
  return serve(path => {
    const body = path === '/verify.js' ? verifyJs : FILES[path]
    const type = path === '/' ? 'text/html' : 'text/javascript'
    return body === undefined ? undefined : { body, headers: { 'content-type': type, ...headers } }
  })
}

describe.runIf(executablePath)('in Chromium', () => {
  const sites: Partial<Record<'open' | 'strict', Awaited<ReturnType<typeof serve>>>> = {}
  let browser: Browser

  beforeAll(async () => {
    const url = new URL('../../../scripts/lib/bundle.mjs', import.meta.url).href
    const { bundle } = (await import(url)) as { bundle: (entry: string) => Promise<Buffer[]> }
    const files = await bundle('zgkit/verify')
    expect(files.length).toBe(1)
    sites.open = await siteOf(String(files[0]), {})
    sites.strict = await siteOf(String(files[0]), STRICT)
    browser = await launchChromium(executablePath as string)
  })

  afterAll(async () => {
    await browser?.close()
    for (const site of Object.values(sites)) await site.close()
  })

  describe.each(['open', 'strict'] as const)('a page without isolation headers, policy: %s', policy => {
    const tier = policy === 'open' ? 'wasm' : 'js'
    const due = { ok: true, code: 'CONTENT_MISMATCH', mined: true, isolated: false, tier }

    /** Runs a function or text in a new page of the site. */
    async function onPage(work: string | (() => Promise<unknown>)): Promise<unknown> {
      const page = await browser.newPage()
      try {
        await page.goto(`${sites[policy]?.url}/`)
        return await page.evaluate<unknown>(work)
      } finally {
        await page.close()
      }
    }

    it('verifies on its main thread', async () => {
      // As text: the test's own compiler would rewrite the import.
      const got = await onPage("import('/check.js').then(({ check }) => check())")
      expect(got).toMatchObject(due)
      if (policy === 'strict') expect((got as { reason: string }).reason).toMatch(/Content Security Policy/)
    })

    it('verifies in a module worker', async () => {
      const script = () =>
        new Promise((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' })
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = ({ message }) => reject(new Error(message))
        })
      expect(await onPage(script)).toMatchObject(due)
    })

    it('verifies in a service worker', async () => {
      const script = async () => {
        await navigator.serviceWorker.register('/service.js', { type: 'module' })
        const { active } = await navigator.serviceWorker.ready
        const answer = new Promise(resolve => {
          navigator.serviceWorker.onmessage = ({ data }) => resolve(data)
        })
        active?.postMessage('check')
        return answer
      }
      expect(await onPage(script)).toMatchObject(due)
    })
  })
})
