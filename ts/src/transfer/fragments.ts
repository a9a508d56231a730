import { toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { type ByteSource, open } from '../io/source.js'
import { SECTOR_BYTES, SEGMENT_BYTES } from '../limits.js'
import { nextPow2 } from '../rules/layout.js'

/** Bytes of a fragment unless told otherwise (4 GiB). */
export const FRAGMENT_BYTES = 2 ** 32

/**
 * The length that fragments get: at least a sector, and a power of two.
 * @param wanted in bytes
 * @throws {ZgkitError} `RANGE`
 */
export function fragmentBytes(wanted: number | bigint = FRAGMENT_BYTES): number {
  return toCount(nextPow2(Math.max(toCount(wanted, 'fragmentBytes'), SECTOR_BYTES)), 'fragmentBytes')
}

/** A fragment: a file of its own, to be read once and before the next one. */
export interface Fragment extends AsyncIterable<Uint8Array> {
  readonly index: number
  /** Where it begins in the whole. */
  readonly offset: number
}

/**
 * Cuts a source into fragments, each a source for `fileRoot` and `FileTree.build`; `Download` puts them together again.
 *
 * What is not read of a fragment is passed over when the next one is asked for.
 * @throws {ZgkitError} `EMPTY_INPUT` of a source without a byte, `RANGE`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export async function* splitFragments(
  source: ByteSource,
  options: { readonly fragmentBytes?: number | bigint | undefined } = {},
): AsyncGenerator<Fragment, void, undefined> {
  const bytes = fragmentBytes(options.fragmentBytes)
  // Both are powers of two, so no piece lies in two fragments.
  const pieces = open(source).pieces(Math.min(bytes, SEGMENT_BYTES))
  try {
    let piece = await pieces.next()
    if (piece.done) throw new ZgkitError('EMPTY_INPUT', 'a file has at least one byte')
    for (let index = 0; !piece.done; index++) {
      let rest = bytes
      const take = async () => {
        const { done, value } = piece
        if (done || rest === 0) return undefined
        rest -= value.length
        piece = await pieces.next()
        return value
      }
      yield {
        index,
        offset: index * bytes,
        async *[Symbol.asyncIterator]() {
          for (let value = await take(); value; value = await take()) yield value
        },
      }
      while (await take());
    }
  } finally {
    pieces.return(undefined).catch(() => {})
  }
}
