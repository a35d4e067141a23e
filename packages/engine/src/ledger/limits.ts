/** Bounds of the ledger. */

/** Commits in one group, so that one fsync serves many writers while a failure stays small. */
export const groupCommitsMax = 1_024
/** Commits that are built in this time are one group: a second sync would cost more than it hides. */
export const undividedBuildMs = 1.5
/** Bytes of one group's operations after which it is closed. */
export const groupBytesMax = 8 * 1024 * 1024
/**
 * Write requests waiting for the sequencer; one more is refused, so that memory stays bounded under overload.
 */
export const queuedRequestsMax = 65_536
/**
 * Changed keys remembered for conflict detection; a request older than the memory conflicts and is run again.
 */
export const conflictWindowKeysMax = 65_536
/**
 * Microseconds since 1970 that no commit has: the year 2200. A clock that is beyond is wrong, and as instants
 * never go back, all commits after one of that clock would be dated like it.
 */
export const timeMicrosEnd = Date.UTC(2200) * 1_000
/** Runs of a transaction that lost races before it is run alone. */
export const optimisticRunsMax = 3
/** A transaction that runs alone holds everybody else up, so it has this long. */
export const exclusiveRunMs = 5_000
/** Records changed by one commit. */
export const mutationsPerCommitMax = 1_000_000
/** Canonical bytes of one record. */
export const recordBytesMax = 16 * 1024 * 1024
/** Bytes of the changes of one transaction. */
export const transactionBytesMax = 128 * 1024 * 1024
/** Causes named by one commit. */
export const causesPerCommitMax = 1_000
/** Canonical bytes of a commit's evidence. */
export const evidenceBytesMax = 64 * 1024
/** Canonical bytes of an answer that is kept for a repeated request. */
export const replayAnswerBytesMax = 256 * 1024
/** A repeated request is answered from memory of the first one for this long. */
export const replayKeptMs = 24 * 60 * 60 * 1_000
/** Characters of an actor, a client or an idempotency key. */
export const metaTextMax = 512
/** Versions before a current record that stand in it, for reads of the past; a byte tells their length. */
export const earlierVersionsMax = 8
/** Index entries longer than this are cut to `indexEntryPrefixBytes` and a hash of the whole. */
export const indexEntryBytesMax = 512
export const indexEntryPrefixBytes = 480
