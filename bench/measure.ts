/**
 * Timing: operations per second, percentiles, and the table of results.
 * Every figure is taken in the same process run as its peers', one after the other, so that their ratio holds
 * although the machine's speed drifts.
 */

import { hash } from 'node:crypto'

export interface Figure {
  readonly opsPerSecond: number
  readonly p50Ms?: number
  readonly p99Ms?: number
}

export interface Row {
  readonly workload: string
  readonly subject: string
  readonly value: number
  readonly unit: string
  readonly note?: string
}

/** Runs `operation` one after another for about `seconds`, after a short warm-up. */
export async function measureSequential(
  operation: (at: number) => Promise<unknown> | unknown,
  seconds = 2,
): Promise<Figure> {
  return measureConcurrent(1, operation, seconds)
}

/** Runs `operation` from `writers` loops at once for about `seconds`. */
export async function measureConcurrent(
  writers: number,
  operation: (at: number) => Promise<unknown> | unknown,
  seconds = 2,
): Promise<Figure> {
  let next = 0
  await runFor(Math.min(0.5, seconds / 4), writers, () => operation(next++))
  const latencies: number[] = []
  const started = performance.now()
  await runFor(seconds, writers, async () => {
    const before = performance.now()
    await operation(next++)
    latencies.push(performance.now() - before)
  })
  const opsPerSecond = (latencies.length / (performance.now() - started)) * 1_000
  latencies.sort((a, b) => a - b)
  return { opsPerSecond, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
}

async function runFor(
  seconds: number,
  writers: number,
  operation: () => Promise<unknown> | unknown,
): Promise<void> {
  const end = performance.now() + seconds * 1_000
  const loop = async () => {
    for (let count = 0; count % 8 !== 0 || performance.now() < end; count += 1) {
      const done = operation()
      if (done instanceof Promise) await done
    }
  }
  await Promise.all(Array.from({ length: writers }, loop))
}

export async function measureOnce(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/**
 * How fast the machine is at the moment, by work that ours does much of: hashes a second, of 250 bytes with
 * BLAKE2b by OpenSSL. The figures of the plan were taken where this was 833,000.
 */
export function machineSpeed(): number {
  const bytes = Buffer.alloc(250, 1)
  const count = 200_000
  const run = () => {
    const started = performance.now()
    for (let at = 0; at < count; at += 1) hash('blake2b512', bytes, 'buffer')
    return (count / (performance.now() - started)) * 1_000
  }
  run()
  return run()
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Deterministic numbers, so that every subject meets the same keys (Marsaglia's xorshift32). */
export function createRandom(seed = 0x9e3779b9): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export function figureRows(workload: string, subject: string, figure: Figure, note?: string): Row[] {
  const withNote = note === undefined ? {} : { note }
  const rows: Row[] = [{ workload, subject, value: figure.opsPerSecond, unit: '/s', ...withNote }]
  if (figure.p99Ms !== undefined && workload.includes('writers')) {
    rows.push({ workload: `${workload}, p50`, subject, value: figure.p50Ms ?? 0, unit: 'ms' })
    rows.push({ workload: `${workload}, p99`, subject, value: figure.p99Ms, unit: 'ms' })
  }
  return rows
}
