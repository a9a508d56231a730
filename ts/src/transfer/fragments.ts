import { ZgkitError } from '../errors.js'
import { type ByteSource, open } from '../io/source.js'
import { SEGMENT_BYTES } from '../limits.js'
import { FRAGMENT_BYTES, fragmentSizeOf } from '../rules/planner.js'

/** A fragment: a file of its own, to be read once and before the next one. */
export interface Fragment extends AsyncIterable<Uint8Array> {
  readonly index: number
  /** Where it begins in the whole. */
  readonly offset: number
}

/** Options of {@link splitFragments}. */
export interface FragmentOptions {
  /** Bytes of a fragment, rounded up to a power of two and to 256; {@link FRAGMENT_BYTES} unless given. */
  readonly fragmentSize?: number | bigint | undefined
}

/**
 * Cuts a source into fragments, each a source for `fileRoot` and `FileTree.build`; `Download` puts them together again.
 *
 * What is not read of a fragment is passed over when the next one is asked for.
 * @throws {ZgkitError} `EMPTY_INPUT` of a source without a byte, `RANGE`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export async function* splitFragments(
  source: ByteSource,
  options: FragmentOptions = {},
): AsyncGenerator<Fragment, void, undefined> {
  const bytes = fragmentSizeOf(options.fragmentSize ?? FRAGMENT_BYTES)
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
