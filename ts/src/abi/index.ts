/**
 * ABIs `as const`, for viem, ethers and whatever else types its calls by them: of the network's contracts that zgkit's structs belong to,
 * and of zgkit's own verifiers (contracts/ in the repository). Data only: nothing here computes.
 * @module
 */
import { KERNEL_CODES, type KernelCode } from '../errors.js'

export { flowAbi, legacyFlowAbi } from './flow.js'
export { mineAbi } from './mine.js'
export { verifierAbi } from './verifier.js'

/**
 * The code that an error of the verifier contract stands for: `FLOW_ROOT_MISMATCH` for `FlowRootMismatch`; `undefined` for a name
 * that is none of its errors'.
 */
export function codeOfError(errorName: string): KernelCode | undefined {
  return KERNEL_CODES.find(code => errorNameOf(code) === errorName)
}

/** Words with a capital each, as Solidity has names of errors. */
function errorNameOf(code: KernelCode): string {
  return code.toLowerCase().replace(/(?:^|_)[a-z]/g, letter => letter.slice(-1).toUpperCase())
}
