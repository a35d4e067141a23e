/** Bounds of work on whole databases. */

/** Entries that a copy holds in memory at a time. */
export const copyBatchBytes = 1024 * 1024
/** Databases open at a time unless told otherwise; each has its own files, caches and buffers. */
export const databasesOpenDefault = 256
/** How long a database that is dropped waits for reads to end. */
export const dropGraceMs = 2_000
/** Folders that one emptying of the trash removes. */
export const trashFoldersPerSweepMax = 1_000
/** What a new database may begin with; more is written afterwards. */
export const initIndexesMax = 1_000
export const initRecordsMax = 100_000
export const initLinksMax = 100_000
/** Records, or links, that one commit of it holds. */
export const initCommitRecords = 1_000
/** Commits and versions that a first scan goes through at a time, while requests wait. */
export const scanItemsPerTurn = 128
/** How often a first scan tells how far it is. */
export const scanReportMs = 250
/** Commits whose contents are read at a time. */
export const logReadCommits = 64
/** Records of one page of a comparison, unless another number is asked for. */
export const diffRecordsDefault = 100

/** Kept answers that are cleaned in one step after an erasure. */
export const answersPerStep = 512
/** Files that could not be rewritten after an erasure are tried again after this. */
export const purgeRetryMs = 30_000
/** How often an erasure looks whether it may rewrite files. */
export const holdsPollMs = 20
/** How often readers take a new snapshot while files are rewritten, so that none keeps old bytes. */
export const snapshotsExpireMs = 100
/** Versions past their retention that are taken out in one step. */
export const expiredVersionsPerStep = 1_000
/** Steps in which one record loses its versions at most. */
export const expiredPartsPerRecord = 8
/** Changed keys after which such a step ends. */
export const expiredOperationsPerStep = 8_192
/**
 * How often answers that were kept for repeated requests, and versions past their retention, are looked for.
 */
export const sweepEveryMs = 10 * 60 * 1_000
/** Different problems of background work that are told of, per open database. */
export const problemsToldMax = 100
/** How long a database that wants to be opened waits for another one to fall out of use, and looks again. */
export const roomWaitMs = 1_000
export const roomPollMs = 20
/** Times that a verification is begun while files are opened anew under it, and the pause before the next. */
export const verifyRunsMax = 8
export const verifyPauseMs = 50
