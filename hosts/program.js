import { backend, FileTree, fileRoot, keccak256Many, toHex, verifySegment } from 'zgkit'

/** What every starter app does: hashes 1 MB, verifies a proof, refuses a changed one, and says what computed. */
export async function program() {
  const file = new Uint8Array(1_000_000).map((_, i) => i * 7)
  const root = await fileRoot(file)
  const tree = await FileTree.build(file)
  const claim = { root, size: file.length, index: 1, data: file.slice(262_144, 524_288), proof: tree.proveSegment(1) }
  const { ok } = await verifySegment(claim)
  claim.data[0] ^= 1
  const { code } = await verifySegment(claim)
  // One message in one call, long enough to wait for a thread: after it is known whether there are any.
  await keccak256Many(new Uint8Array(8_000_000), 8_000_000)
  const { tier, threads, threadsRefused, refused } = backend()
  return { root: toHex(root), ok, code, tier, threads, threadsRefused, refused }
}
