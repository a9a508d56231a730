import { type Client, type Rule, type Simulation, shrink, simulate } from '../dist/testing/index.js'

/** A number for a log: equal logs have equal ones. */
export function digest(log: readonly string[]): number {
  let hash = 0x811c9dc5
  for (const line of log) for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Runs seeds; the first that breaks a rule is an error with what repeats it, and with its simplest form. */
export async function* simulations(seeds: number): AsyncGenerator<Simulation> {
  for (let seed = 0; seed < seeds; seed++) {
    const simulation = await simulate({ seed })
    if (!simulation.ok) throw new Error(await describe(simulation))
    yield simulation
  }
}

async function describe(failed: Simulation): Promise<string> {
  const { violation, seed, version, replay } = failed
  const { scenario, log } = await shrink(failed)
  const title = `${violation?.rule} at ${violation?.atMs} ms: ${violation?.message}`
  return [title, `seed ${seed}, version ${version}: ${replay}`, JSON.stringify(scenario), ...log].join('\n')
}

/** The first simulation in which a client breaks this rule. */
export async function firstFailure(client: Client, rule: Rule, seeds: number): Promise<Simulation | undefined> {
  for (let seed = 0; seed < seeds; seed++) {
    const simulation = await simulate({ seed, client })
    if (simulation.violation?.rule === rule) return simulation
  }
  return undefined
}
