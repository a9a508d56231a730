import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_NODE_HEIGHT, SECTOR_BYTES } from '../limits.js'

const roots: Uint8Array[] = []

/**
 * Root of a perfect tree over 2^`height` zero sectors, `height` from 0 to 63 as in the flow contract.
 * @throws {ZgkitError} `RANGE`
 */
export function zeroRoot(height: number): Uint8Array {
  if (toCount(height, 'height') >= MAX_NODE_HEIGHT) {
    throw new ZgkitError('RANGE', `height must be below ${MAX_NODE_HEIGHT}, got ${height}`, { got: height })
  }
  while (roots.length <= height) {
    const below = roots.at(-1)
    roots.push(keccak_256(below ? concatBytes([below, below]) : new Uint8Array(SECTOR_BYTES)))
  }
  return (roots[height] as Uint8Array).slice()
}
