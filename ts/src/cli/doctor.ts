import pc from 'picocolors'
import { type BackendInfo, backend, init, probe, type Refusal, refusal } from '../backend/choose.js'
import { toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { TIERS, type Tier } from '../kernels.js'
import { SECTOR_BYTES } from '../limits.js'
import { PROTOCOL, VERSION } from '../version.js'
import type { Common } from './commands.js'
import { EXIT, print } from './output.js'

/** Keccak-256 of a zero sector: the answer that every tier must give. */
const KNOWN_ANSWER = '0xd397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5'

type TierReport =
  | (Pick<BackendInfo, 'tier' | 'isa' | 'threads' | 'operations'> & { readonly state: 'ready' })
  | (Refusal & { readonly state: 'refused' })

/** `zgkit doctor`: every tier, its state and reason, and the one that is used. */
export async function doctor({ json }: Common): Promise<number> {
  const tiers = await Promise.all(TIERS.map(examine))
  let selected: string | undefined
  let problem: string | undefined
  try {
    await init()
    selected = backend().tier
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  }
  const environment = { node: process.versions.node, platform: process.platform, arch: process.arch }
  print(json, { version: VERSION, protocol: PROTOCOL, environment, selected, problem, tiers }, [
    `${pc.bold('zgkit')} ${VERSION}, Node ${environment.node} on ${environment.platform} ${environment.arch}`,
    ...tiers.map(line),
    selected ? `in use: ${pc.bold(selected)}` : `${pc.red('none in use')}: ${problem}`,
  ])
  return selected ? EXIT.ok : EXIT.environment
}

async function examine(tier: Tier): Promise<TierReport> {
  try {
    const engine = await probe(tier)
    const { isa, operations } = engine.backend
    const { threads } = engine.executor
    engine.executor.close()
    const digest = toHex(
      engine.backend.call({ kernel: 'keccak256', inputs: [new Uint8Array(SECTOR_BYTES)], params: [SECTOR_BYTES] }),
    )
    if (digest !== KNOWN_ANSWER) throw new ZgkitError('INTERNAL', `a known answer came out as ${digest}`)
    return { tier, state: 'ready', isa, threads, operations }
  } catch (error) {
    return { state: 'refused', ...refusal(tier, error) }
  }
}

function line(report: TierReport): string {
  const name = report.tier.padEnd(10)
  return report.state === 'ready'
    ? `  ${pc.green('ready')}    ${name} ${report.isa}, ${report.threads} threads`
    : `  ${pc.yellow('refused')}  ${name} ${report.reason}`
}
