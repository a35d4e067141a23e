/** Bounds of `ddb sql`. */

/** Bytes of a script, which is read whole. */
export const scriptBytesMax = 256 * 1024 * 1024
/**
 * Characters that a variable set by LET may take as a literal, as it is sent again with each statement that
 * names it.
 */
export const variableCharsMax = 256 * 1024
/** Entries of the REPL's history. */
export const historyEntriesMax = 1000
/** Characters of an entry that is kept in the history. */
export const historyEntryCharsMax = 10_000
/** Milliseconds that completion waits for the names of tables or databases. */
export const completionMs = 500
/** Milliseconds in which a server at the default address has to show that it is there. */
export const answerMsMax = 2000
