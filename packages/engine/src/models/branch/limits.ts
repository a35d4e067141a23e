/** Bounds of branches. */

/** Branches that a database has at a time. */
export const branchesMax = 1_000
/** Branches forked from one another; each is another layer of keys that a read goes through. */
export const branchDepthMax = 16
export const branchNameCharsMax = 128
/** Records that one merge looks at; their changes are held in memory and make one commit. */
export const mergeRecordsMax = 200_000
/** Conflicts that an unfinished merge lists. */
export const conflictsListedMax = 1_000
/** Records compared at a time. */
export const diffBatchRecords = 256
/** Commits of main that are looked through for what they changed, before going through the tables instead. */
export const commitsWalkedMax = 50_000
/** Records that are found in them and held in memory, before the same. */
export const recordsWalkedMax = 200_000
