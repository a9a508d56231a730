import { MINE_CONTEXT } from './flow.js'

/** A recall range, in the contract's order. */
export const RECALL_RANGE = [
  { name: 'startPosition', type: 'uint256' },
  { name: 'mineLength', type: 'uint256' },
  { name: 'shardId', type: 'uint64' },
  { name: 'shardMask', type: 'uint64' },
] as const

/** An answer, in the contract's order (SPEC.md section 11). */
export const PORA_ANSWER = [
  { name: 'contextDigest', type: 'bytes32' },
  { name: 'nonce', type: 'bytes32' },
  { name: 'minerId', type: 'bytes32' },
  { name: 'range', type: 'tuple', components: RECALL_RANGE },
  { name: 'recallPosition', type: 'uint256' },
  { name: 'sealOffset', type: 'uint256' },
  { name: 'sealedContextDigest', type: 'bytes32' },
  { name: 'sealedData', type: 'bytes32[128]' },
  { name: 'merkleProof', type: 'bytes32[]' },
] as const

/**
 * The mine contract: submission of answers, its event, and what a miner is to do. `computeWorkerContext` is for `eth_call` only, from the
 * address `0x000000000000000000000000000000000000000A`; a target of 0 means that there is nothing to mine.
 */
export const mineAbi = [
  {
    type: 'function',
    name: 'submit',
    stateMutability: 'nonpayable',
    inputs: [{ name: 'answer', type: 'tuple', components: PORA_ANSWER }],
    outputs: [],
  },
  {
    type: 'function',
    name: 'computeWorkerContext',
    stateMutability: 'nonpayable',
    inputs: [{ name: 'minerId', type: 'bytes32' }],
    outputs: [
      {
        name: 'answer',
        type: 'tuple',
        components: [
          { name: 'context', type: 'tuple', components: MINE_CONTEXT },
          { name: 'poraTarget', type: 'uint256' },
          { name: 'subtaskDigest', type: 'bytes32' },
          { name: 'maxShards', type: 'uint64' },
        ],
      },
    ],
  },
  {
    type: 'event',
    name: 'NewSubmission',
    anonymous: false,
    inputs: [
      { name: 'epoch', type: 'uint256', indexed: true },
      { name: 'minerId', type: 'bytes32', indexed: true },
      { name: 'epochIndex', type: 'uint256', indexed: false },
      { name: 'recallPosition', type: 'uint256', indexed: false },
    ],
  },
] as const
