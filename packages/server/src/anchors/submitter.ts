/**
 * The seam between anchoring and where a batch is published. A new place is a file beside the others and a
 * line in create-submitter.ts.
 */

export type Chain = 'none' | 'ipfs' | 'ethereum'

/** What is published. */
export interface Batch {
  readonly databaseId: string
  readonly fromSeq: number
  readonly toSeq: number
  /** Keccak-256 over the heads, 64 hex digits. */
  readonly root: string
  /** Signed, of the first `toSeq` commits. */
  readonly checkpoint: string
}

/** What is known of a publication under way, kept with the receipt so that a restart goes on with it. */
export interface Progress {
  readonly txHash?: string | undefined
  readonly ipfsCid?: string | undefined
  /** A transaction as it was signed: sent again, it is the same one. */
  readonly signed?: string | undefined
}

export interface SubmitCall {
  readonly batch: Batch
  readonly progress: Progress
  /** Keeps what must not be lost, before the step that makes it count. */
  readonly save: (progress: Progress) => Promise<void>
  readonly signal: AbortSignal
}

export interface Submitter {
  readonly chain: Exclude<Chain, 'none'>
  /**
   * Publishes the batch, or goes on with it, and resolves when it is there for good.
   * @throws ANCHOR_* to be called again later, with what was saved
   */
  submit(call: SubmitCall): Promise<Progress>
}
