import { host } from '#host'
import { asObject } from '../bytes.js'
import { type ErrorCode, ZgkitError } from '../errors.js'
import { type KernelName, TIERS, type Tier } from '../kernels.js'
import { MAX_THREADS } from '../limits.js'
import { addonExecutor } from '../run/addon.js'
import type { Executor } from '../run/executor.js'
import { inlineExecutor } from '../run/inline.js'
import { WorkerPool } from '../run/workers.js'
import { type Backend, noIsa } from './backend.js'
import type { WorkerSetup } from './host.js'
import { jsBackend } from './js/index.js'
import { compile, type WasmSources } from './modules.js'
import { NativeBackend } from './native.js'
import { hasSimd, WasmBackend } from './wasm.js'

/** Options of {@link init}. */
export interface InitOptions {
  /** The tier to use; fails if it cannot be had. Otherwise `ZGKIT_TIER`, otherwise the fastest that there is. */
  readonly tier?: Tier | undefined
  /**
   * The instruction set to use; fails if no tier has it. Otherwise `ZGKIT_ISA`, otherwise the best. The addon's holds for the whole
   * process: `portable`, `ssse3`, `avx2`, `avx2-gfni`, `avx512`, `avx512-gfni`, `neon`, `neon-sha3`; WebAssembly has `simd128`
   * and `portable`.
   */
  readonly isa?: string | undefined
  /** Threads besides the calling one, at most 1024; by default one for each core. The addon's pool keeps its first size. */
  readonly threads?: number | undefined
  /** Where the WebAssembly modules are to be had, if not where the package has them: URLs, bytes, modules, or those of `zgkit/inline`. */
  readonly wasm?: WasmSources | undefined
}

/** Why a tier is not in use. */
export interface Refusal {
  readonly tier: Tier
  readonly code: ErrorCode
  readonly reason: string
}

/** What computes now, and why nothing better does. */
export interface BackendInfo {
  readonly tier: Tier
  readonly isa: string
  /** Threads besides the calling one. Those of browsers start when there is work, and only then is it known whether they can. */
  readonly threads: number
  /** Why there are no threads although some were wanted. */
  readonly threadsRefused: string | undefined
  readonly operations: readonly KernelName[]
  readonly refused: readonly Refusal[]
}

/** A tier ready for use. */
export interface Engine {
  readonly backend: Backend
  readonly executor: Executor
  readonly refused: readonly Refusal[]
}

/**
 * The engine in use: `ready` once it is loaded, `loading` from the first asynchronous call on, `stopgap` for synchronous calls
 * before that where the addon is missing.
 */
const state: { ready?: Engine; loading?: Promise<Engine>; stopgap?: Engine } = {}

/**
 * Chooses and loads a tier. Calls are made by it from then on; work under way ends on the tier that it began on.
 * Without this, the first call chooses by the defaults.
 * @throws {ZgkitError} `TIER_UNAVAILABLE` or `ISA_UNAVAILABLE` with the reason, `INVALID_ARGUMENT` for unknown options
 */
export async function init(options: InitOptions = {}): Promise<BackendInfo> {
  const loading = load(readOptions(options))
  state.loading = loading
  try {
    const engine = await loading
    if (state.loading === loading) {
      state.ready?.executor.close()
      state.ready = engine
    } else {
      // Another choice was made meanwhile.
      engine.executor.close()
    }
    return info(engine)
  } catch (error) {
    if (state.loading === loading) delete state.loading
    throw error
  }
}

/**
 * What computes now. Before anything was loaded: what a synchronous call would use.
 * @throws {ZgkitError} as synchronous calls do
 */
export function backend(): BackendInfo {
  return info(syncEngine())
}

/** The engine for asynchronous calls. */
export async function engine(): Promise<Engine> {
  if (state.ready) return state.ready
  if (!state.loading) await init()
  return state.loading as Promise<Engine>
}

/** The engine for asynchronous calls if it is loaded. */
export function readyEngine(): Engine | undefined {
  return state.ready
}

/** The engine for synchronous calls: it never waits. */
export function syncEngine(): Engine {
  const known = state.ready ?? state.stopgap
  if (known) return known
  const options = readOptions({})
  if (options.tier === 'wasm' || options.tier === 'wasm-simd') {
    throw new ZgkitError('NOT_READY', `the tier ${options.tier} must be loaded first: await init()`, {
      tier: options.tier,
    })
  }
  const refused: Refusal[] = []
  for (const tier of options.tier ? [options.tier] : (['native', 'js'] as const)) {
    try {
      const found = { ...(tier === 'native' ? loadNative(options) : prepareJs(options)), refused }
      // Without the addon an asynchronous call can still have WebAssembly.
      if (tier === 'native' || options.tier) state.ready = found
      else state.stopgap = found
      return found
    } catch (error) {
      refused.push(refusal(tier, error))
    }
  }
  throw unavailable(options, refused)
}

/**
 * Loads one tier, leaving the one in use alone: for `zgkit doctor`.
 * @throws what loading it throws
 */
export async function probe(tier: Tier): Promise<Engine> {
  return { ...(await loadTier(tier, readOptions({ tier }))), refused: [] }
}

type Options = { tier: Tier | undefined; isa: string | undefined; threads: number; wasm: WasmSources }
type Found = Omit<Engine, 'refused'>

/** Options are read once, so that a getter cannot change its mind between check and use. */
function readOptions(options: InitOptions): Options {
  const tier = options.tier ?? (host.env('ZGKIT_TIER') || undefined)
  const isa = options.isa ?? (host.env('ZGKIT_ISA') || undefined)
  const threads = options.threads ?? host.cores
  const { plain, simd } = asObject(options.wasm ?? {}, 'wasm')
  if (tier !== undefined && !TIERS.includes(tier as Tier)) {
    throw new ZgkitError('INVALID_ARGUMENT', `unknown tier ${String(tier)}: expected ${TIERS.join(', ')}`, { tier })
  }
  if (!Number.isInteger(threads) || threads < 0 || threads > MAX_THREADS) {
    throw new ZgkitError('RANGE', `threads must be an integer from 0 to ${MAX_THREADS}`, { threads })
  }
  return { tier: tier as Tier | undefined, isa, threads, wasm: { plain, simd } }
}

async function load(options: Options): Promise<Engine> {
  const refused: Refusal[] = []
  for (const tier of options.tier ? [options.tier] : TIERS) {
    try {
      return { ...(await loadTier(tier, options)), refused }
    } catch (error) {
      refused.push(refusal(tier, error))
    }
  }
  throw unavailable(options, refused)
}

function loadTier(tier: Tier, options: Options): Found | Promise<Found> {
  if (tier === 'native') return loadNative(options)
  if (tier === 'js') return prepareJs(options)
  return loadWasm(tier, options)
}

function loadNative(options: Options): Found {
  const native = new NativeBackend(host.loadAddon(), options.isa)
  const executor = options.threads > 0 ? addonExecutor(native, options.threads) : inlineExecutor(native)
  return { backend: native, executor }
}

function prepareJs(options: Options): Found {
  return { backend: requireIsa(jsBackend, options), executor: workers({ tier: 'js' }, jsBackend, options) }
}

async function loadWasm(tier: 'wasm' | 'wasm-simd', options: Options): Promise<Found> {
  const simd = tier === 'wasm-simd'
  if (simd && !hasSimd()) throw new ZgkitError('TIER_UNAVAILABLE', 'this engine has no SIMD instructions')
  const name = simd ? 'simd' : 'plain'
  const module = await compile(options.wasm[name] ?? host.modules[name], host.open)
  const wasm = requireIsa(new WasmBackend(module, simd), options)
  return { backend: wasm, executor: workers({ tier, module }, wasm, options) }
}

function workers(setup: WorkerSetup, backend: Backend, { threads }: Options): Executor {
  const { startWorker } = host
  if (threads === 0) return inlineExecutor(backend)
  if (!startWorker) return inlineExecutor(backend, 'this host has no workers')
  return new WorkerPool(() => startWorker(setup), threads, backend)
}

function requireIsa<B extends Backend>(backend: B, { isa }: Options): B {
  if (isa !== undefined && isa !== backend.isa) {
    throw noIsa(backend.tier, [backend.isa], isa)
  }
  return backend
}

/** Why a tier was refused, in one line. */
export function refusal(tier: Tier, error: unknown): Refusal {
  const code = error instanceof ZgkitError ? error.code : 'TIER_UNAVAILABLE'
  const reason = error instanceof Error ? error.message : String(error)
  return { tier, code, reason: reason.split('\n')[0] ?? reason }
}

function unavailable(options: Options, refused: readonly Refusal[]): ZgkitError {
  const code = refused.some(({ code }) => code === 'ISA_UNAVAILABLE') ? 'ISA_UNAVAILABLE' : 'TIER_UNAVAILABLE'
  const wanted = [options.tier && `tier ${options.tier}`, options.isa && `instruction set ${options.isa}`]
  const reasons = refused.map(({ tier, reason }) => `${tier}: ${reason}`).join('; ')
  return new ZgkitError(code, `${wanted.filter(Boolean).join(', ') || 'no tier'} cannot be had (${reasons})`, {
    refused,
  })
}

function info({ backend, executor, refused }: Engine): BackendInfo {
  const { tier, isa, operations } = backend
  const { threads, refusal } = executor
  return { tier, isa, threads, threadsRefused: refusal, operations, refused }
}
