import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readFileSync, rmSync, statfsSync, truncateSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const MIB = 2 ** 20
const SIZE = 8 * 1024 * MIB
const MAX_RSS = 256 * MIB
/** Shards of 8 GiB by 14/10, and the file itself before or after, or four shards while they are repaired. */
const DISK = 24 * 1024 * MIB

/** Bytes of which no two MiB are alike. */
const block = new Uint8Array(MIB).map((_, i) => (i * i) >> 7)
const stamp = new DataView(block.buffer)

async function* pattern(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < SIZE / MIB; i++) {
    for (let at = 0; at < MIB; at += 4096) stamp.setUint32(at, i * 256 + at / 4096)
    yield block
  }
}

async function digest(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of bytes) hash.update(part)
  return hash.digest('hex')
}

/** Runs the command line; the most memory that it had, in bytes, from its own account in /proc. */
async function zgkit(...args: string[]): Promise<{ json: Record<string, unknown>; rss: number }> {
  const child = spawn(process.execPath, [MAIN, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let [text, rss] = ['', 0]
  child.stdout.setEncoding('utf8').on('data', part => {
    text += part
  })
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      rss = Math.max(rss, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has ended, or this is not Linux: then memory is not judged.
    }
  }, 20)
  await new Promise(resolve => child.on('close', resolve))
  clearInterval(watch)
  return { json: JSON.parse(text), rss }
}

it('8 GiB: two shards deleted, one corrupted, one truncated: repaired, restored, in 256 MiB', {
  timeout: 1_800_000,
}, async ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'zgkit-8gib-'))
  try {
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize < DISK) skip(`needs ${DISK / MIB} MiB in ${tmpdir()}, has ${(bavail * bsize) / MIB}`)
    const [file, shards] = [join(folder, 'file'), join(folder, 'shards')]
    const out = await open(file, 'w')
    for await (const part of pattern()) await out.write(part)
    await out.close()

    const peaks: Record<string, number> = {}
    const run = async (...args: string[]) => {
      const { json, rss } = await zgkit(...args)
      peaks[args[0] as string] = Math.round(rss / MIB)
      return json
    }
    const encoded = await run('encode', file, '--data', '10', '--parity', '4', '--out', shards)
    expect(encoded).toMatchObject({ size: SIZE, kept: 0 })
    rmSync(file)

    const shard = (index: number) => join(shards, `${String(index).padStart(4, '0')}.zgs`)
    const digests = () => Promise.all([0, 5, 8, 12].map(index => digest(createReadStream(shard(index)))))
    const damage = async () => {
      for (const index of [0, 12]) rmSync(shard(index))
      truncateSync(shard(8), 5e8)
      const handle = await open(shard(5), 'r+')
      await handle.write(Uint8Array.of(1, 2, 3), 0, 3, 4e8)
      await handle.close()
    }
    const before = await digests()
    await damage()
    const commitment = String(encoded.commitment)
    const repaired = await run('repair', shards, '--commitment', commitment)
    expect(repaired).toMatchObject({ ok: true, repaired: [0, 5, 8, 12] })
    expect(await digests()).toEqual(before)

    await damage()
    const restored = await run('reconstruct', shards, '--out', file, '--commitment', commitment)
    expect(restored).toMatchObject({ ok: true, size: SIZE })
    expect(await digest(createReadStream(file))).toBe(await digest(pattern()))
    process.stdout.write(`8 GiB, peak MiB: ${JSON.stringify(peaks)}\n`)
    for (const [command, peak] of Object.entries(peaks)) expect(peak, command).toBeLessThan(MAX_RSS / MIB)
    if (process.platform === 'linux') expect(Math.min(...Object.values(peaks))).toBeGreaterThan(30)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
