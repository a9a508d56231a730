// @ts-check
import { readFileSync } from 'node:fs'

/**
 * The most memory that this process has had, in bytes. By /proc where there is one: what the system calls `maxRSS` of a process that was
 * just started begins with the memory of the one that started it.
 */
export function peakMemory() {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return 1024 * process.resourceUsage().maxRSS
  }
}
