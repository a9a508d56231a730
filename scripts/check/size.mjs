// @ts-check
/**
 * What a browser fetches for an entry: the entry of the built package is bundled and minified, and every file that comes out is
 * compressed as servers do. The sum must keep its budget.
 */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { bundle } from '../lib/bundle.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'

const KIB = 1024
/** Most bytes of each entry after brotli. */
const BUDGETS = [{ entry: 'zgkit/verify', budget: 20 * KIB }]

/** @param {import('../lib/steps.mjs').Note} note */
export async function checkSizes(note) {
  for (const { entry, budget } of BUDGETS) {
    const files = await bundle(entry)
    /** @param {(bytes: Buffer) => Buffer} [compress] */
    const sum = (compress = bytes => bytes) => files.reduce((bytes, file) => bytes + compress(file).length, 0)
    const brotli = sum(brotliMost)
    const count = files.length === 1 ? '' : `, ${files.length} files`
    note(`${entry}: ${brotli} bytes of ${budget} (brotli), gzip ${sum(gzipMost)}, plain ${sum()}${count}`)
    if (brotli > budget) throw new Error(`${entry} has ${brotli} bytes after brotli, more than ${budget}`)
  }
}

/** @param {Buffer} bytes */
const brotliMost = bytes => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
/** @param {Buffer} bytes */
const gzipMost = bytes => gzipSync(bytes, { level: 9 })

await runIfMain(import.meta.url, () => new Steps(1).run('sizes', checkSizes))
