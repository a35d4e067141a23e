/** What ours must reach: absolute, or as a ratio to a peer of the same run. Source: docs/performance.md. */

export type Goal =
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly ratio: number; readonly to: string }
  | { readonly ratioAtMost: number; readonly to: string }

/** A peer that does one thing of which ours does much. */
export const machineSpeedName = 'BLAKE2b of 250 bytes'

/** By the beginning of the workload's name; the first that fits. */
export const goals: readonly (readonly [start: string, goal: Goal])[] = [
  ['point read by id, 20k', { atLeast: 500_000 }],
  ['point read by id, uniform', { ratio: 0.6, to: 'raw store' }],
  ['point SELECT, 20k', { atLeast: 100_000 }],
  ['indexed WHERE', { atLeast: 1_200 }],
  ['GROUP BY over 20k', { atLeast: 25 }],
  ['ORDER BY LIMIT 10', { atLeast: 25 }],
  ['durable put, 64 writers, p99', { atMost: 8 }],
  ['durable put, 64 writers', { atLeast: 25_000 }],
  ['random update, 64 writers, 1,000,000 records, p99', { atMost: 15 }],
  ['random update, 64 writers', { atLeast: 15_000 }],
  ['bulk insert', { atLeast: 40_000 }],
  ['disk per record', { atMost: 400 }],
  ['verify', { ratio: 0.36, to: machineSpeedName }],
  ['AS OF: indexed WHERE', { ratio: 0.33, to: 'DendroDB at head' }],
  ['AS OF: count by index', { ratio: 0.33, to: 'DendroDB at head' }],
  ['AS OF: point SELECT', { ratio: 0.3, to: 'DendroDB at head' }],
  ['open and first read', { atMost: 500 }],
  // Where the plan's figures were taken, 70,000 and 330,000 a second.
  ['memory store: put', { ratio: 0.084, to: machineSpeedName }],
  ['memory store: get', { ratio: 0.4, to: machineSpeedName }],
  ['open: first read', { atMost: 500 }],
  ['backup', { atLeast: 100 }],
  ['sealed: random update', { ratio: 0.3, to: 'in the clear' }],
  ['sealed: point read', { ratio: 0.3, to: 'in the clear' }],
  ['sealed: disk', { ratioAtMost: 2, to: 'in the clear' }],
  ['sealed: open', { atMost: 500 }],
  ['HTTP GET', { ratio: 0.33, to: 'bare fastify' }],
  ['HTTP POST', { atLeast: 8_000 }],
  ['start of the server', { atMost: 500 }],
]
