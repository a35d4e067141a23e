/** Bounds of the HTTP door. Each is tested at the bound and one past it. */

/** Bytes of all headers of a request. */
export const headerBytesMax = 16 * 1024
/** Longest body from somebody who is not signed in. */
export const anonymousBodyBytesMax = 16 * 1024
/** How long, and how much of, a body is read on that was refused as too long. */
export const refusedBodyMs = 5_000
export const refusedBodyBytesMax = 64 * 1024 * 1024
/** Longest body that does not count among those in work. */
export const shortBodyBytesMax = 64 * 1024
/** When to try again where the server has too much to do. */
export const busyRetrySeconds = 1
/** Characters of one part of a path; the key of a record may take 1,024 bytes, each written as %xx. */
export const pathPartCharsMax = 4_096
/** Characters of a path that an error repeats. */
export const pathShownCharsMax = 128
/** Characters of a request id that a client brings. */
export const requestIdCharsMax = 128
/** Records of one page of a list. */
export const pageRecordsDefault = 50
export const pageRecordsMax = 1_000
/** Records of one page of a comparison of branches. */
export const diffRecordsDefault = 100
export const diffRecordsMax = 1_000
/** Characters of a cursor. */
export const cursorCharsMax = 2_048
/** Proofs of one record's versions in one answer. */
export const auditProofsDefault = 20
export const auditProofsMax = 100
/** Characters of the table's name in a path. */
export const tableNameCharsMax = 128
/**
 * Clients whose requests are counted for the rate limit; beyond that the one counted longest is forgotten.
 */
export const countedClientsMax = 50_000
/** Time the store has to answer the question whether the server is ready. */
export const readyProbeMs = 500
/** How long a browser may remember which requests are allowed. */
export const preflightSeconds = 600
/** How long a connection may be idle between two requests. */
export const keepAliveMs = 72_000
/** How long a connection that is being refused is still read from. */
export const lingerMs = 1_000
/** How long a server that stops still reads from connections that have no request. */
export const lastRequestsMs = 30
/** How fast an answer has to be read, beside the time that every client has. */
export const answerBytesPerSecondMin = 32 * 1024
/** How often connections are looked through for clients that are too slow. */
export const slowClientsCheckMs = 5_000
/** Records that one request erases, besides their edges. */
export const erasedIdsMax = 1_000
/** Streams of events at a time. */
export const eventStreamsMax = 256
/** How often a stream on which nothing happens shows that it is there. */
export const heartbeatMs = 15_000
/** Bytes that a client may be behind; then it is cut off. */
export const eventBytesWaitingMax = 1024 * 1024
/** How long a client may take nothing of what is waiting for it. */
export const eventStallMs = 60_000
/** Commits of one answer of the daemon's log. */
export const sinceCommitsDefault = 1_000
export const sinceCommitsMax = 10_000
export const logCommitsDefault = 100
export const logCommitsMax = 1_000
/** Bytes after which such an answer ends early. */
export const logAnswerBytesMax = 8 * 1024 * 1024
/** Operations of one batch. */
export const batchOperationsMax = 1_000
/** Neighbours of one answer. */
export const neighborsMax = 10_000
/** Commits that a subscription reads at a time. */
export const subscriptionCommits = 64
/** How deep a filter of the Mongo form may be nested. */
export const mongoDepthMax = 32
/** Steps of a path in it. */
export const mongoPathStepsMax = 32
/** Values in one request of it. */
export const mongoValuesMax = 10_000
/** Stages of one pipeline. */
export const mongoStagesMax = 25
