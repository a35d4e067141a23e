/**
 * The log of a database as a stream: of each commit first the commit itself, then its metadata if it has any,
 * then its record versions n = 0, 1, …
 * Why items and not whole commits: one commit may change a million records, and the stream must pass through
 * little memory.
 */

export type LogItem =
  /** As it is stored; the preimage of the head. */
  | { readonly type: 'commit'; readonly stored: Buffer }
  | ({ readonly type: 'meta' } & LogPayload)
  | ({ readonly type: 'version' } & LogPayload)

/** What the commit has a commitment to. */
export type LogPayload =
  | { readonly payload: Buffer }
  /** It was forgotten: the mark in its place, as it is stored. */
  | { readonly payload: undefined; readonly mark: Buffer }

/** Items in the order of the log, in chunks. */
export type LogStream = AsyncIterable<readonly LogItem[]>
