/**
 * The log of a database as a stream: of each commit first the commit itself, then its metadata if it has any,
 * then its record versions n = 0, 1, …
 * Why items and not whole commits: one commit may change a million records, and the stream must pass through
 * little memory.
 */

export type LogItem =
  /** As it is stored; the preimage of the head. */
  | { readonly type: 'commit'; readonly stored: Buffer }
  /** `undefined`: erased; the commit keeps the commitment to it. */
  | { readonly type: 'meta'; readonly payload: Buffer | undefined }
  | { readonly type: 'version'; readonly payload: Buffer | undefined }

/** Items in the order of the log, in chunks. */
export type LogStream = AsyncIterable<readonly LogItem[]>
