/** A submission's own fields: what is stored. */
const SUBMISSION_DATA = [
  { name: 'length', type: 'uint256' },
  { name: 'tags', type: 'bytes' },
  {
    name: 'nodes',
    type: 'tuple[]',
    components: [
      { name: 'root', type: 'bytes32' },
      { name: 'height', type: 'uint256' },
    ],
  },
] as const

/** The mine context, in the contract's order. */
export const MINE_CONTEXT = [
  { name: 'epoch', type: 'uint256' },
  { name: 'mineStart', type: 'uint256' },
  { name: 'flowRoot', type: 'bytes32' },
  { name: 'flowLength', type: 'uint256' },
  { name: 'blockDigest', type: 'bytes32' },
  { name: 'digest', type: 'bytes32' },
] as const

/** What both generations of the flow contract have alike. */
const FLOW_COMMON = [
  {
    type: 'event',
    name: 'Submit',
    anonymous: false,
    inputs: [
      { name: 'sender', type: 'address', indexed: true },
      { name: 'identity', type: 'bytes32', indexed: true },
      { name: 'submissionIndex', type: 'uint256', indexed: false },
      { name: 'startPos', type: 'uint256', indexed: false },
      { name: 'length', type: 'uint256', indexed: false },
      { name: 'submission', type: 'tuple', indexed: false, components: SUBMISSION_DATA },
    ],
  },
  {
    type: 'function',
    name: 'getContext',
    stateMutability: 'view',
    inputs: [],
    outputs: [{ name: '', type: 'tuple', components: MINE_CONTEXT }],
  },
  {
    type: 'function',
    name: 'makeContextWithResult',
    stateMutability: 'nonpayable',
    inputs: [],
    outputs: [{ name: '', type: 'tuple', components: MINE_CONTEXT }],
  },
  {
    type: 'function',
    name: 'getEpochRange',
    stateMutability: 'view',
    inputs: [{ name: 'digest', type: 'bytes32' }],
    outputs: [
      {
        name: '',
        type: 'tuple',
        components: [
          { name: 'start', type: 'uint128' },
          { name: 'end', type: 'uint128' },
        ],
      },
    ],
  },
] as const

/** Index, identity, first sector and sectors of what was submitted. */
const SUBMIT_OUTPUTS = [
  { name: '', type: 'uint256' },
  { name: '', type: 'bytes32' },
  { name: '', type: 'uint256' },
  { name: '', type: 'uint256' },
] as const

/**
 * The flow contract of today's networks: a submission names its submitter. `Submit` carries that submitter as `sender`, and the
 * submission's data without it. The contract that prices submissions has the same functions.
 */
export const flowAbi = [
  {
    type: 'function',
    name: 'submit',
    stateMutability: 'payable',
    inputs: [
      {
        name: 'submission',
        type: 'tuple',
        components: [
          { name: 'data', type: 'tuple', components: SUBMISSION_DATA },
          { name: 'submitter', type: 'address' },
        ],
      },
    ],
    outputs: SUBMIT_OUTPUTS,
  },
  ...FLOW_COMMON,
] as const

/** The flow contract of earlier networks: the data alone; `sender` of `Submit` is who called. */
export const legacyFlowAbi = [
  {
    type: 'function',
    name: 'submit',
    stateMutability: 'payable',
    inputs: [{ name: 'submission', type: 'tuple', components: SUBMISSION_DATA }],
    outputs: SUBMIT_OUTPUTS,
  },
  ...FLOW_COMMON,
] as const
