/**
 * Bounds of running queries. Each is tested at the bound and one past it; those that a session may change say
 * so.
 */

import { limits } from '@dendrodb/protocol'

export const queryLimits = {
  /** Time one statement may take. A session may set another; TIMEOUT may shorten it. */
  statementTimeoutMs: 30_000,
  /**
   * Memory that what one statement retains may take, by estimate, with the parameters and results that the
   * text before it has left. A session may set another.
   */
  statementMemoryBytes: 64 * 1024 * 1024,
  /** Share of the heap beyond which statements are refused. */
  heapShareMax: 0.9,
  /** What a function of constants may give to be computed once for all runs of a text. */
  foldedBytesMax: 4_096,
  /** Memory asked for at once from which on the bounds are looked at. */
  largeBytes: 256 * 1_024,
  /**
   * A value that a query makes may lie inside at most this many others: those of a record, which a record id
   * may be around, and those that the query puts around it. An answer has room for more.
   */
  valueDepthMax: limits.depthMax + 16,
  /** Parameters below this size are not counted: a text has room for few of them. */
  parameterBytesMin: 1_024,
  /** Subqueries, blocks and closures inside one another while they run. */
  nestingDepthMax: 64,
  /** Edges one statement may walk along. */
  traversalStepsMax: 1_000_000,
  /** Repetitions of a recursive path `.{..}`. */
  recursionDepthMax: 256,
  /** Rows handed from operator to operator at once. */
  batchRowsMax: 1_024,
  /** In a scan's first batch; each one after it has twice as many, as a LIMIT may want only a few. */
  firstBatchRows: 16,
  /** Time a statement works before other requests have their turn. */
  sliceMsMax: 10,
  /** Time an expression may compute on large values at a stretch, as nobody else has a turn meanwhile. */
  stretchMsMax: 5_000,
  /** Rows after which a loop looks at the clock; a power of two. */
  rowsPerPause: 64,
  /** Longest SLEEP. */
  sleepMsMax: 60_000,
  /** Texts whose trees and compiled forms are kept. */
  planCacheEntriesMax: 1_000,
  /** Characters of all kept texts together. */
  planCacheCharsMax: 4 * 1024 * 1024,
  /** Plans kept per statement, one for each catalog and kind of session it met lately. */
  plansPerStatementMax: 8,
  /** Entries collected from indexes before the table is scanned instead. */
  indexEntriesMax: 100_000,
  /** Records that a statement may name to count as a point statement. */
  pointTargetsMax: 64,
  /** Values an IN list may have to be answered by points or an index. */
  pointUnionMax: 1_000,
  /** Different paths that one `type::field()` keeps compiled, and the bytes of the text of one. */
  dynamicFieldsMax: 256,
  dynamicFieldBytesMax: 1_024,
  /** Steps of a trace from cause to cause, or from effect to effect. */
  traceDepthMax: 1_000,
  /** Commits that a trace meets. */
  traceCommitsMax: 10_000,
  /** Records that a trace which gives records looks at. */
  traceRecordsMax: 10_000,
  /** Records of one commit that other traces, and INFO FOR COMMIT, show. */
  commitRecordsMax: 1_000,
  /** Versions that `record::history` gives. */
  historyVersionsMax: 1_000,
  /** Versions of a record that are read at a time. */
  historyBatchVersionsMax: 64,
  /** Ids that a mock target `|t:n|` may generate. */
  mockRecordsMax: 100_000,
} as const
