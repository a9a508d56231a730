// @ts-check
/** How many shards an erasure code has, and how long they are. */

/** @typedef {{data: number, parity: number, length: number}} Shape shards, and bytes of each */

/**
 * @param {Pick<import('./workloads.mjs').Work, 'task' | 'bytes'>} work whose task is `encode DATA+PARITY`, over the bytes of all data shards
 * @returns {Shape}
 */
export function shapeOf({ task = '', bytes }) {
  const [data = 0, parity = 0] = (task.split(' ')[1] ?? '').split('+').map(Number)
  return { data, parity, length: bytes / data }
}
