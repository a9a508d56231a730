// @ts-check
/** Subjects that run in Chromium, each in a page of its own that lives until all have been measured. */
import { launchChromium } from '../scripts/lib/browser.mjs'
import { modules, serve } from '../scripts/lib/web-server.mjs'
import { chromium } from '../scripts/toolchain/chromium.mjs'
import { checkValue } from './data.mjs'

const HTML = `<!doctype html><html lang="en"><head><title>loading</title></head><body>
<script type="module" src="/bench/page/subject.js"></script></body></html>`

/** A subject's turns in its page. */
export class PageSubject {
  /** @type {string | undefined} */
  reason
  isa = ''
  threads
  #kind
  #input
  /** @type {() => Promise<void>} */
  #close = () => Promise.resolve()
  /** @type {import('playwright-core').Page | undefined} */
  #page

  /**
   * @param {import('./subjects.mjs').Subject} subject
   * @param {import('./workloads.mjs').Work} work
   * @param {{timed: Uint8Array}} inputs
   */
  constructor(subject, work, { timed }) {
    this.subject = subject
    this.threads = Math.max(subject.workers ?? 0, 1)
    this.#kind = work.kind
    this.#input = timed
  }

  /** @returns {Promise<string | undefined>} check value */
  async prepare() {
    const prepared = await this.#ask(async () => {
      const page = await this.#open()
      return page.evaluate(
        ([kind, subject]) => /** @type {any} */ (globalThis).subject.prepare(kind, subject),
        /** @type {const} */ ([this.#kind, this.subject]),
      )
    })
    if (!prepared) return undefined
    this.isa = prepared.isa
    return checkValue(Uint8Array.from(prepared.result))
  }

  /** @param {number} ms */
  async warm(ms) {
    await this.#ask(() => this.#page?.evaluate(ms => /** @type {any} */ (globalThis).subject.warm(ms), ms))
  }

  /**
   * @param {number} ms
   * @returns {Promise<import('./child.mjs').Round | undefined>}
   */
  round(ms) {
    return this.#ask(() => this.#page?.evaluate(ms => /** @type {any} */ (globalThis).subject.round(ms), ms))
  }

  /** @param {string} reason */
  fail(reason) {
    this.reason ??= reason.split('\n')[0] ?? reason
    this.end()
  }

  end() {
    this.#close().catch(() => {})
  }

  async #open() {
    const executable = await chromium()
    if (!executable) throw new Error('no Chromium')
    const server = await serve(path => {
      if (path === '/') return { body: HTML, headers: { 'content-type': 'text/html' } }
      if (path === '/input') return { body: this.#input, headers: {} }
      return modules(path)
    })
    const browser = await launchChromium(executable)
    this.#close = async () => {
      await browser.close()
      await server.close()
    }
    const page = await browser.newPage()
    this.#page = page
    await page.goto(server.url)
    await page.waitForFunction(() => document.title === 'ready')
    return page
  }

  /**
   * @param {() => Promise<any> | undefined} work
   * @returns {Promise<any>} undefined once the subject has failed
   */
  async #ask(work) {
    if (this.reason !== undefined) return undefined
    try {
      return await work()
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
}
