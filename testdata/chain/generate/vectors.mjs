// @ts-check
/**
 * Writes ../*.json: what the storage contracts (revision 40e6dec) compute, from their text, with ethers for encodings and hashes. No line is
 * shared with the library.
 *
 *     node vectors.mjs
 */
import { writeFileSync } from 'node:fs'
import { AbiCoder, concat, dataLength, getBytes, hexlify, Interface, id, keccak256, toBeHex, zeroPadValue } from 'ethers'

/** Numbers that look random and are the same in every run. */
let drawn = 0
const bits = (/** @type {number} */ count) => BigInt(keccak256(toBeHex(++drawn, 32))) >> BigInt(256 - count)
const below = (/** @type {bigint | number} */ end) => Number(bits(64) % BigInt(end))
const hash = () => toBeHex(bits(256), 32)
const bytes = (/** @type {number} */ length) => hexlify(getBytes(concat(Array.from({ length: length / 32 + 1 }, hash))).slice(0, length))
const address = () => bytes(20)
const pick = (/** @type {any[]} */ list) => list[below(list.length)]

/** JSON in which integers are decimal text; short things stand on one line. */
function write(/** @type {string} */ name, /** @type {any} */ value) {
  const plain = JSON.parse(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v)))
  const entries = Object.entries(plain).map(([key, v]) => {
    const rows = Array.isArray(v) ? `[\n${v.map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n ]` : JSON.stringify(v)
    return ` ${JSON.stringify(key)}: ${rows}`
  })
  writeFileSync(new URL(`../${name}.json`, import.meta.url), `{\n${entries.join(',\n')}\n}\n`)
}

const coder = AbiCoder.defaultAbiCoder()
const DATA = 'tuple(uint256 length, bytes tags, tuple(bytes32 root, uint256 height)[] nodes)'
const older = new Interface([`function submit(${DATA})`])
const newer = new Interface([
  `function submit(tuple(${DATA} data, address submitter))`,
  `event Submit(address indexed sender, bytes32 indexed identity, uint256 submissionIndex, uint256 startPos, uint256 length, ${DATA} submission)`,
  'function computeWorkerContext(bytes32)',
])
const CONTEXT = 'tuple(uint256 epoch, uint256 mineStart, bytes32 flowRoot, uint256 flowLength, bytes32 blockDigest, bytes32 digest)'

function submissionVectors() {
  const calls = []
  const events = []
  for (const tagBytes of [0, 1, 20, 31, 32, 33, 64, 95, 1000]) {
    for (const count of [0, 1, 2, 4]) {
      const nodes = Array.from({ length: count }, (_, i) => ({ root: hash(), height: i === 0 ? 64 - below(3) : below(64) }))
      const data = { length: pick([0n, 1n, 2n ** 64n - 1n, bits(40)]), tags: bytes(tagBytes), nodes }
      const submitter = address()
      calls.push({ ...data, submitter: null, calldata: older.encodeFunctionData('submit', [data]) })
      calls.push({ ...data, submitter, calldata: newer.encodeFunctionData('submit', [{ data, submitter }]) })
      const event = { sender: address(), identity: hash(), submissionIndex: bits(20), startPos: bits(45), length: bits(30) }
      const log = newer.encodeEventLog('Submit', [...Object.values(event), data])
      events.push({ ...event, submission: data, ...log })
    }
  }
  // What is not canonical: words of the first newer call with two nodes and tags of 20 bytes, changed one at a time.
  const call = /** @type {any} */ (calls.find(({ submitter, nodes, tags }) => submitter && nodes.length === 2 && dataLength(tags) === 20))
  const words = (call.calldata.length - 10) / 64
  const malformed = [
    { about: 'selector', calldata: `0x12345678${call.calldata.slice(10)}`, code: 'DATA_FORMAT' },
    { about: 'nothing', calldata: '0x', code: 'BUFFER_LENGTH' },
  ]
  const change = (/** @type {string} */ about, /** @type {number} */ at, /** @type {bigint} */ value, /** @type {string} */ code) => {
    const cut = 10 + 64 * at
    const calldata = call.calldata.slice(0, cut) + toBeHex(value, 32).slice(2) + call.calldata.slice(cut + 64)
    malformed.push({ about, calldata, code })
  }
  change('offset of the argument', 0, 64n, 'DATA_FORMAT')
  change('offset of the data', 1, 32n, 'DATA_FORMAT')
  change('bits above the submitter', 2, 2n ** 160n, 'DATA_FORMAT')
  change('length over 64 bits', 3, 2n ** 64n, 'RANGE')
  change('offset of the tags', 4, 128n, 'DATA_FORMAT')
  change('offset of the nodes', 5, 2n ** 255n, 'DATA_FORMAT')
  change('tags without end', 6, 2n ** 256n - 1n, 'LIMIT_EXCEEDED')
  change('tags of another length', 6, 33n, 'DATA_FORMAT')
  change('padding of the tags', 7, BigInt(`0x${call.tags.slice(2)}`.padEnd(66, '0')) + 1n, 'DATA_FORMAT')
  change('too many nodes', 8, 65n, 'LIMIT_EXCEEDED')
  change('more nodes than there are', 8, 3n, 'BUFFER_LENGTH')
  change('fewer nodes than there are', 8, 1n, 'BUFFER_LENGTH')
  change('height', words - 1, 65n, 'RANGE')
  write('submission_abi', { about: 'calldata and events of the flow contract, both generations, encoded by ethers', calls, events, malformed })
}

function workerVectors() {
  const rows = Array.from({ length: 12 }, (_, i) => {
    const big = i < 3 ? 64 : 30
    const context = { epoch: bits(big), mineStart: bits(big), flowRoot: hash(), flowLength: bits(big), blockDigest: hash(), digest: hash() }
    const minerId = hash()
    const [poraTarget, subtaskDigest, maxShards] = [i % 4 ? bits(256) : 0n, hash(), bits(i === 0 ? 64 : 8)]
    return {
      context,
      poraTarget,
      subtaskDigest,
      maxShards,
      minerId,
      call: newer.encodeFunctionData('computeWorkerContext', [minerId]),
      encodedContext: coder.encode([CONTEXT], [context]),
      encoded: coder.encode([`tuple(${CONTEXT} context, uint256, bytes32, uint64)`], [[context, poraTarget, subtaskDigest, maxShards]]),
    }
  })
  write('worker_context', { about: 'contexts, calls and results of computeWorkerContext, encoded by ethers', rows })
}

const EMPTY = keccak256('0x')
/** The hash of a block of the vectors' chain. */
const blockHash = (/** @type {bigint} */ block) => keccak256(concat([id('zgkit block'), toBeHex(block, 32)]))

function epochVectors() {
  const runs = Array.from({ length: 8 }, () => {
    const [firstBlock, blocksPerEpoch] = [bits(12), BigInt(1 + below(pick([20, 300, 4000])))]
    let [block, length] = [firstBlock, 1n]
    const flow = { epoch: 0n, start: 0n }
    /** @type {any} */
    let context = { epoch: 0n, mineStart: 0n, flowRoot: toBeHex(0, 32), flowLength: 1n, blockDigest: EMPTY, digest: EMPTY }
    /** @type {any[]} */
    const ranges = []
    const steps = Array.from({ length: 24 }, () => {
      block += bits(64) % (blocksPerEpoch * BigInt(pick([1, 2, 5])) + BigInt(pick([0, 0, 0, 300, 9000])))
      // No run of thousands of empty epochs.
      const most = blocksPerEpoch * 100n + firstBlock + flow.epoch * blocksPerEpoch
      if (block > most) block = most
      length += BigInt(below(3) ? below(5000) : 0)
      const [root, count] = [hash(), below(3) ? null : below(3)]
      let ended = 0
      while (count === null || ended <= count) {
        const next = firstBlock + (flow.epoch + 1n) * blocksPerEpoch
        if (next >= block) break
        let [blockDigest, digest] = [EMPTY, EMPTY]
        if (next + 8191n >= block) {
          blockDigest = blockHash(next)
          digest = keccak256(coder.encode(['bytes32', 'bytes32', 'uint256'], [blockDigest, root, length]))
          ranges.push({ digest, start: flow.start, end: length })
          flow.start = length
        }
        flow.epoch++
        ended++
        context = { epoch: flow.epoch, mineStart: next, flowRoot: root, flowLength: length, blockDigest, digest }
      }
      return { block, root, length, count, ended, context: keccak256(coder.encode([CONTEXT], [context])), digest: context.digest, ranges: ranges.length }
    })
    const positions = Array.from({ length: 12 }, (_, i) => {
      const position = i < 2 ? [0n, length][i] : bits(64) % (length + 10n)
      return { position, digest: ranges.find(({ start, end }) => start <= /** @type {bigint} */ (position) && /** @type {bigint} */ (position) < end)?.digest ?? null }
    })
    const rangesKeccak = keccak256(concat(ranges.map(({ digest, start, end }) => concat([digest, toBeHex(start, 32), toBeHex(end, 32)]))))
    return { firstBlock, blocksPerEpoch, steps, rangesKeccak, positions }
  })
  write('epochs', { about: 'makeContext and, with a count, makeContextFixedTimes; block hash of n = keccak256(keccak256("zgkit block") || u256(n)); context: keccak256 of its six words; rangesKeccak: of digest, start and end of each range as words', runs })
}

function mineVectors() {
  const UINT = 2n ** 256n - 1n
  const runs = Array.from({ length: 10 }, (_, run) => {
    const params = () => ({ targetSubmissions: BigInt(1 + below(12)), subtasks: BigInt(1 + below(4)), subtaskInterval: BigInt(1 + below(900)) })
    const difficulty = pick([1n, 1000n, 1_000_000n, bits(200) + 1n])
    const [fixed, first] = [run === 9, params()]
    const s = { target: fixed ? UINT : UINT / difficulty, last: 0n, count: 0n, params: first, next: first, least: 0n }
    let epoch = 0n
    const steps = Array.from({ length: 60 }, () => {
      const action = below(12)
      if (action === 0) {
        s.next = params()
        if (s.last === 0n) s.params = s.next
        return { op: 'params', params: s.next, target: s.target }
      }
      if (action === 1) {
        s.least = below(2) ? 0n : bits(1 + below(60))
        const most = s.least ? UINT / s.least : UINT
        if (s.target > most) s.target = most
        return { op: 'minDifficulty', minDifficulty: s.least, target: s.target }
      }
      epoch += BigInt(below(4) ? 0 : 1 + below(3)) + (epoch === 0n ? 1n : 0n)
      let [target, count, now] = [s.target, s.count, s.params]
      if (epoch > s.last && s.last > 0n) {
        if (!fixed) {
          const scaled = target >> 16n
          const expected = count ? (scaled * now.targetSubmissions) / count : UINT >> 16n
          let adjusted = (scaled * 19n + expected) / 20n
          if (adjusted > scaled * 2n) adjusted = scaled * 2n
          if (adjusted < scaled / 2n) adjusted = scaled / 2n
          if (adjusted > UINT >> 16n) adjusted = UINT >> 16n
          target = adjusted << 16n
          const most = s.least ? UINT / s.least : UINT
          if (target > most) target = most
        }
        count = 0n
        now = s.next
      }
      const accepted = count < 2n * now.targetSubmissions
      if (accepted) Object.assign(s, { target, last: epoch, count: count + 1n, params: now })
      return { op: 'answer', epoch, accepted, target: s.target, submissions: s.count, subtasks: s.params.subtasks }
    })
    return { difficulty, fixed, params: first, steps }
  })
  write('mine_state', { about: 'the mine contract: targets and numbers of answers', runs })
}

function rewardVectors() {
  const CHUNK = 2n ** 25n
  const runs = Array.from({ length: 6 }, (_, run) => {
    const rules = { releaseSeconds: 1n + bits(22), baseReward: bits(50), serviceFeeBps: BigInt(pick([0, 1, 250, 10_000])) }
    const price = bits(20 + 10 * run)
    let [flow, now, pot, service] = [1n, 1_700_000_000n, 0n, 0n]
    /** @type {Map<bigint, any>} */
    const rewards = new Map()
    const reward = (/** @type {bigint} */ chunk) => rewards.get(chunk) ?? rewards.set(chunk, { locked: 0n, claimable: 0n, distributed: 0n, startTime: 0n, lastUpdate: 0n }).get(chunk)
    const fill = (/** @type {bigint} */ before, /** @type {bigint} */ sectors, /** @type {bigint} */ value) => {
      const fee = (value * rules.serviceFeeBps) / 10_000n
      const rest = value - fee
      service += fee
      const each = (rest * CHUNK) / sectors
      const after = before + sectors
      const firstLength = CHUNK - (before % CHUNK)
      const firstIndex = (before + firstLength) / CHUNK - 1n
      const lastLength = ((after - 1n) % CHUNK) + 1n
      const lastIndex = (after - lastLength) / CHUNK
      const finalize = after === (lastIndex + 1n) * CHUNK
      const add = (/** @type {bigint} */ index, /** @type {bigint} */ amount, /** @type {boolean} */ done) => {
        const item = reward(index)
        item.locked += amount
        if (done) item.startTime = item.lastUpdate = now
      }
      if (firstIndex === lastIndex) return add(firstIndex, rest, finalize)
      add(firstIndex, (each * firstLength) / CHUNK, true)
      for (let i = firstIndex + 1n; i < lastIndex; i++) add(i, each, true)
      add(lastIndex, (each * lastLength) / CHUNK, finalize)
    }
    const steps = Array.from({ length: 40 }, () => {
      now += bits(19)
      const action = below(10)
      if (action === 0) {
        const amount = bits(52)
        pot += amount
        return { op: 'donate', amount, pot }
      }
      if (action < 5) {
        const height = below(28)
        const upload = 2n ** BigInt(height)
        const start = ((flow + upload - 1n) / upload) * upload
        const padding = start - flow
        const paid = price * upload + BigInt(below(3) ? 0 : below(1000))
        const forPadding = (price * upload * padding) / (upload + padding)
        if (padding > 0n) fill(flow, padding, forPadding)
        fill(flow + padding, upload, paid - forPadding)
        const before = flow
        flow = start + upload
        return { op: 'submit', now, before, padding, upload, paid, forPadding, service }
      }
      const chunk = bits(64) % (flow / CHUNK + 1n)
      const item = reward(chunk)
      let released = 0n
      if (item.startTime) {
        const done = item.claimable + item.distributed
        let due = ((item.locked + done) * (now - item.startTime)) / rules.releaseSeconds
        if (due > item.locked + done) due = item.locked + done
        released = due < done ? 0n : due - done
      }
      item.locked -= released
      item.claimable += released
      item.lastUpdate = now
      const paid = item.startTime ? item.claimable / 2n : 0n
      item.claimable -= paid
      item.distributed += paid
      const due = item.startTime && item.startTime + rules.releaseSeconds > now ? rules.baseReward : 0n
      const base = pot > due ? due : pot
      pot -= base
      return { op: 'claim', now, chunk, reward: paid, base }
    })
    return { rules, price, steps, rewards: [...rewards].map(([chunk, item]) => ({ chunk, ...item })), pot, service }
  })
  write('rewards', { about: 'the market and the reward contract with linear release: fees and payments', runs })
}

function planVectors() {
  const padded = (/** @type {bigint} */ sectors) => {
    let power = 1n
    while (power < sectors) power *= 2n
    const unit = power >= 16n ? power / 16n : 1n
    return ((sectors + unit - 1n) / unit) * unit
  }
  const up = (/** @type {bigint} */ a, /** @type {bigint} */ b) => (a + b - 1n) / b
  const rows = Array.from({ length: 60 }, (_, i) => {
    const size = 1n + bits(1 + below(44))
    const terms = {
      minFragment: pick([256n, 1n, 300n, 2n ** 18n]),
      maxFragment: pick([2n ** 32n, 2n ** 20n, 2n ** 31n - 5n, 2n ** 40n]),
      maxFragments: pick([1n, 16n, 1000n, 2n ** 30n]),
      pricePerSector: i % 3 ? bits(40) : 0n,
      submissionCost: i % 2 ? bits(50) : 0n,
    }
    const power = (/** @type {bigint} */ n) => [...Array(60)].map((_, k) => 2n ** BigInt(k)).find(p => p >= n && p >= 256n) ?? 0n
    /** @type {any} */
    let best = null
    for (let f = power(terms.maxFragment); f >= power(terms.minFragment); f /= 2n) {
      const fragments = up(size, f)
      if (fragments > terms.maxFragments) continue
      const last = padded(up(size - (fragments - 1n) * f, 256n))
      const paddedSectors = (fragments - 1n) * (f / 256n) + last
      const nodes = fragments - 1n + BigInt([...last.toString(2)].filter(bit => bit === '1').length)
      const segments = (fragments - 1n) * up(f / 256n, 1024n) + up(last, 1024n)
      const fee = paddedSectors * terms.pricePerSector
      const cost = fee + fragments * terms.submissionCost
      const plan = { fragmentSize: f, fragments, segments, nodes, sectors: up(size, 256n), paddedSectors, fee, cost }
      if (!best || cost < best.cost || (cost === best.cost && paddedSectors < best.paddedSectors)) best = plan
    }
    return { size, terms, plan: best }
  })
  write('plans', { about: 'the cheapest fragment size by trying all; a plan of null: none is within the limits', rows })
}

function kvVectors() {
  const KINDS = Object.entries({ grantAdmin: '00a', renounceAdmin: '01', setKeySpecial: '10k', setKeyNormal: '11k', grantWrite: '20a', revokeWrite: '21a', renounceWrite: '22', grantSpecialWrite: '30ka', revokeSpecialWrite: '31ka', renounceSpecialWrite: '32k' })
  const u = (/** @type {bigint | number} */ n, /** @type {number} */ size) => toBeHex(n, size)
  const keyed = (/** @type {string} */ key) => concat([u(dataLength(key), 3), key])
  const rows = Array.from({ length: 10 }, (_, i) => {
    const ids = Array.from({ length: 3 }, hash)
    const list = (/** @type {number} */ most, /** @type {() => any} */ make) => Array.from({ length: i === 0 ? 0 : below(most) }, make)
    const read = () => ({ streamId: pick(ids), key: bytes(pick([1, 2, 40, 300])) })
    const [version, reads] = [i === 1 ? 2n ** 64n - 1n : bits(30), list(6, read)]
    const writes = list(6, () => ({ ...read(), data: bytes(pick([0, 1, 50, 700])) }))
    const controls = (i === 0 ? [] : KINDS).map(([kind, form]) => ({
      kind,
      streamId: pick(ids),
      ...(form.includes('k') && { key: bytes(1 + below(30)) }),
      ...(form.includes('a') && form.slice(2).includes('a') && { account: address() }),
    }))
    const encode = (/** @type {any[]} */ reads, /** @type {any[]} */ writes) => concat([
      u(version, 8),
      u(reads.length, 4),
      ...reads.flatMap(({ streamId, key }) => [streamId, keyed(key)]),
      u(writes.length, 4),
      ...writes.flatMap(({ streamId, key, data }) => [streamId, keyed(key), u(dataLength(data), 8)]),
      ...writes.map(({ data }) => data),
      u(controls.length, 4),
      ...controls.flatMap(({ kind, streamId, key, account }) => [`0x${KINDS.find(([name]) => name === kind)?.[1].slice(0, 2)}`, streamId, key ? keyed(key) : '0x', account ?? '0x']),
    ])
    const order = (/** @type {any} */ a, /** @type {any} */ b) => (a.streamId + a.key.slice(2) < b.streamId + b.key.slice(2) ? -1 : 1)
    const changed = [...new Set([...writes, ...controls].map(({ streamId }) => streamId))]
    const domain = zeroPadValue('0xdf2ff3bb0af36c6384e6206552a4ed807f6f6a26e7d0aa6bff772ddc9d4307aa', 32)
    return {
      version,
      reads,
      writes,
      controls,
      encoded: encode(reads, writes),
      sorted: encode([...reads].sort(order), [...writes].sort(order)),
      tags: concat([domain, ...changed]),
      sortedTags: concat([domain, ...changed.sort()]),
    }
  })
  write('kv', { about: 'KV data with every kind of control', rows })
}

submissionVectors()
workerVectors()
epochVectors()
mineVectors()
rewardVectors()
planVectors()
kvVectors()
