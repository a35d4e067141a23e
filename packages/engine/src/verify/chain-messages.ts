/** What the thread that verifies the chain and the one that waits for it tell each other. */

import type { DbErrorFields } from '@dendrodb/protocol'
import type { HistoryScope } from './expected-history.ts'
import type { FindingsPart } from './findings.ts'
import type { EntriesClaim } from './meet-entries.ts'
import type { ChainResult } from './verify-chain.ts'
import type { ChainSums } from './verify-records.ts'

export type ChainRequest =
  | {
      readonly type: 'verify'
      /** Of the `KvShare`. */
      readonly module: string
      readonly data: unknown
      /** The stored manifest of the snapshot that the records are read from, which was taken before. */
      readonly manifest: Uint8Array
      /** Of that snapshot. */
      readonly scope: HistoryScope
      readonly claim: EntriesClaim
    }
  /** Give up what is going on. */
  | { readonly type: 'stop' }
  /** The same, and end the thread. */
  | { readonly type: 'end' }

export interface ChainOutcome extends ChainResult, FindingsPart, ChainSums {}

/** Each request to verify is answered by an outcome or an error; by then nothing of the store is open. */
export type ChainAnswer =
  | { readonly type: 'progress'; readonly seq: number }
  | { readonly type: 'outcome'; readonly outcome: ChainOutcome }
  | { readonly type: 'error'; readonly error: Omit<DbErrorFields, 'cause'> }
  /** No error of ours: passed on as it is. */
  | { readonly type: 'bug'; readonly error: unknown }
