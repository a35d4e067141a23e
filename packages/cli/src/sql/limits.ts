/** Bounds of `ddb sql`. */

/** Bytes of a script, which is read whole. */
export const scriptBytesMax = 256 * 1024 * 1024
/** Characters that a variable set by LET may take as a literal, as it is sent again with each statement that names it. */
export const variableCharsMax = 256 * 1024
/** Lines of the REPL's history. */
export const historyLinesMax = 1000
/** Characters of a line that is kept in the history. */
export const historyLineCharsMax = 10_000
/** Scripts that read scripts. */
export const readDepthMax = 16
