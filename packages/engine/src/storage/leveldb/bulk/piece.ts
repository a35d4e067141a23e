/**
 * A run of entries as LevelDB's files hold them: in the order of keys, of equal keys the newest first.
 * Why arrays side by side: an object for each of a million entries costs more than reading it.
 */

export interface Piece {
  readonly keys: readonly Buffer[]
  /** LevelDB's numbers of the writes. */
  readonly writes: readonly number[]
  /** What the framed values lie in. */
  readonly bytes: Buffer
  readonly frameStarts: readonly number[]
  /** -1: the entry says that the key was deleted. */
  readonly frameEnds: readonly number[]
}

/** Whence entries are merged: tables one behind another, a log. */
export interface PieceSource {
  /** The next run, never an empty one; `undefined` at the end. @throws OddFiles */
  next(): Promise<Piece | undefined>
  /** Before its end, too. Idempotent. */
  close(): void
}

/** How an entry begins or its key ends. */
export const kinds = { delete: 0, put: 1 } as const

/**
 * The files are not as expected: damaged, gone, or of a kind that is not known here. LevelDB itself is to
 * read them then, and says what is wrong.
 */
export class OddFiles extends Error {
  override readonly name = 'OddFiles'
}
