/**
 * A simulator for downloads: hostile sources, a virtual clock, replay by seed and shrinking. For tests of your own (docs/testing.md).
 * @module
 */
export { type ClockRun, type VirtualClock, virtualClock } from './clock.js'
export { type HeldFile, holdFile } from './held-file.js'
export { FAULTS, type FaultMix, type FaultName, type HostileOptions, hostileSource } from './hostile-source.js'
export type { LieName } from './lies.js'
export { type ClientPlan, drawScenario, type Scenario, type SourcePlan } from './scenario.js'
export { type Client, downloading, type Simulation, type SimulationOptions, shrink, simulate } from './simulate.js'
export type { Rule, Violation, World } from './world.js'
