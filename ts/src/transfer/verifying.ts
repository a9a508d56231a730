import { toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { SEGMENT_BYTES } from '../limits.js'
import { fileLayout } from '../rules/layout.js'
import { checkSegment } from './check.js'
import type { FileIdentity } from './download.js'
import type { SegmentResponse } from './source.js'

/**
 * A pass-through that lets only verified bytes pass: a file's segments with their proofs go in, from the first to the last, and their
 * bytes come out. One segment is held at a time.
 *
 * It errors at the first segment that is not right, with the code and values of its check; with `INDEX_RANGE` if there are more
 * than the file has; and with `CONTENT_LENGTH` if it is closed before the last. For segments in another order, or of several
 * sources, see {@link Download}.
 * @throws {ZgkitError} `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifying({ root, size }: FileIdentity): TransformStream<SegmentResponse, Uint8Array> {
  const file = { root: toHash(root, 'root'), layout: fileLayout(size) }
  const count = Math.ceil(file.layout.size / SEGMENT_BYTES)
  let index = 0
  return new TransformStream<SegmentResponse, Uint8Array>({
    async transform(segment, controller) {
      if (index === count) throw rejected('INDEX_RANGE', index, count, index)
      const checked = await checkSegment(file, index, segment)
      if (!checked.ok) throw rejected(checked.code, index, checked.expected, checked.got)
      index++
      controller.enqueue(checked.data)
    },
    flush() {
      if (index < count) throw rejected('CONTENT_LENGTH', index, count, index)
    },
  })
}

function rejected(code: ZgkitError['code'], index: number, expected: unknown, got: unknown): ZgkitError {
  return new ZgkitError(code, `segment ${index} was rejected: ${code}`, { index, expected, got })
}
