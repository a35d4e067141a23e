/** Bounds of anchoring. */

/** Commits of a batch at least: each batch makes up to three commits of its own, for its receipt. */
export const batchCommitsMin = 10
/**
 * How often databases are looked at for a batch that is due, and receipts for one that may be tried again.
 */
export const tickMs = 1_000
/** Wait after the first failure; it doubles with each further one, up to the next. */
export const retryMs = 2_000
export const retryMsMax = 10 * 60_000
/** Failures after which a receipt is given up: about half a day. */
export const attemptsMax = 80
/** Time an anchoring service has for one answer. */
export const answerMsMax = 30_000
/** Bytes of one answer. */
export const answerBytesMax = 1024 * 1024
/** How often a chain is asked for a transaction that it has taken. */
export const receiptPollMs = 2_000
/** How long one attempt waits for that. */
export const receiptWaitMs = 5 * 60_000
/** Characters kept of what went wrong. */
export const errorCharsMax = 500
/** Receipts of one page of the list. */
export const receiptsDefault = 50
export const receiptsMax = 500
