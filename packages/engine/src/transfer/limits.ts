/** Bounds of exports and imports. */

/** Bytes of a line: the largest record in the longest spelling that JSON has for it. */
export const lineBytesMax = 128 * 1024 * 1024
/** Bytes of text that are handed on together. */
export const textChunkBytes = 256 * 1024
/** Records written by one commit of an import. */
export const recordsPerCommit = 1_000
/** Characters of lines that one commit of an import takes, but for the last one. */
export const charsPerCommit = 4 * 1024 * 1024
