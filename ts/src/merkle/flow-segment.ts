import { fail } from '../backend/fail.js'
import { equalBytes, type HashLike, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_DEPTH, MAX_NODE_HEIGHT, SEGMENT_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import { flowRoot } from '../rules/flow.js'
import { fileRootOf } from '../rules/submission.js'
import type { SubmissionNode } from './peaks.js'
import type { FileProof } from './proof.js'

/** What the proof of a file's segment follows from where the file is not at hand. */
export interface FlowEvidence {
  /** The nodes of the file's submission, highest first, as the chain has them. */
  readonly nodes: readonly SubmissionNode[]
  /** Where the submission begins in the flow. */
  readonly start: number | bigint
  /** A sector of the segment, by its index in the flow. */
  readonly sector: number
  /** Its hash: `lemma[0]` of a flow proof. */
  readonly leaf: HashLike
  /** The siblings of its flow proof, bottom to top; those above the submission's node are not used. */
  readonly siblings: readonly HashLike[]
}

/**
 * The proof of a segment of a file, as `verifySegment` takes it, from the flow proof of one of its sectors and the nodes of the file's
 * submission. Leaf and siblings must lead to the node that the sector is in.
 * @throws {ZgkitError} `EMPTY_INPUT` without nodes, `LIMIT_EXCEEDED` above 64 nodes or siblings, `RANGE` for heights that do not
 *   strictly descend from below 64 and for what is no count, `INDEX_RANGE` if the sector is not the submission's, `PROOF_DEPTH` for
 *   fewer siblings than the node is high, `CONTENT_MISMATCH` if they do not lead to it; `INVALID_HEX`, `BUFFER_LENGTH`,
 *   `INVALID_ARGUMENT` for what are no hashes
 */
export function segmentProofOfFlow({ nodes, start, sector, leaf, siblings }: FlowEvidence): FileProof {
  const own = readNodes(nodes)
  if (siblings.length > MAX_DEPTH) fail('LIMIT_EXCEEDED', MAX_DEPTH, siblings.length)
  const hashes = siblings.map(sibling => toHash(sibling, 'sibling'))
  const content = toHash(leaf, 'leaf')
  const first = toCount(start, 'start')
  const place = toCount(sector, 'sector') - first

  // Heights descend, so that each node begins at a multiple of its size, in the file as in the flow.
  let end = 0
  const number = own.findIndex(({ height }) => {
    end += 2 ** height
    return place < end
  })
  const node = own[number]
  if (!node || place < 0) fail('INDEX_RANGE', first, sector)
  if (hashes.length < node.height) fail('PROOF_DEPTH', node.height, hashes.length)
  const below = hashes.slice(0, node.height)
  const got = flowRoot(content, place, below)
  if (!equalBytes(got, node.root)) {
    throw new ZgkitError('CONTENT_MISMATCH', 'leaf and siblings do not lead to the submission’s node', {
      expected: node.root,
      got,
    })
  }

  const index = Math.floor(place / SEGMENT_SECTORS)
  const roots = own.map(({ root }) => root)
  const lemma: Uint8Array[] = []
  const path: boolean[] = []
  const push = (isLeft: boolean, sibling: Uint8Array) => {
    path.push(isLeft)
    lemma.push(sibling)
  }
  // The small nodes make up one segment, whichever of them the sector is in.
  const isSmall = node.height < SEGMENT_HEIGHT
  const segmentNode = isSmall ? own.findIndex(({ height }) => height < SEGMENT_HEIGHT) : number
  if (isSmall) {
    lemma.push(fileRootOf(roots.slice(segmentNode)))
  } else {
    lemma.push(flowRoot(content, place, below.slice(0, SEGMENT_HEIGHT)))
    below.slice(SEGMENT_HEIGHT).forEach((sibling, level) => {
      push(Math.floor(index / 2 ** level) % 2 === 0, sibling)
    })
    if (number + 1 < roots.length) push(true, fileRootOf(roots.slice(number + 1)))
  }
  for (const before of roots.slice(0, segmentNode).reverse()) push(false, before)
  if (path.length > 0) lemma.push(fileRootOf(roots))
  return { kind: 'segment', index, lemma, path }
}

/** The nodes of a submission as values of our own. */
function readNodes(nodes: readonly SubmissionNode[]): SubmissionNode[] {
  if (nodes.length === 0) fail('EMPTY_INPUT', 1, 0)
  if (nodes.length > MAX_NODE_HEIGHT) fail('LIMIT_EXCEEDED', MAX_NODE_HEIGHT, nodes.length)
  let below = MAX_NODE_HEIGHT
  return nodes.map(({ root, height }) => {
    if (toCount(height, 'height') >= below) fail('RANGE', below - 1, height)
    below = height
    return { root: toHash(root, 'node root'), height }
  })
}
