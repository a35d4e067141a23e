/** Bounds of what is printed. */

/** Columns that a table shows; the others are named below it. */
export const tableColumnsMax = 64
/** Characters of a cell; a longer text is cut even where no terminal bounds it. */
export const cellCharsMax = 10_000
/** Columns that a cell keeps at least when a terminal is narrow, if it needs them. */
export const cellCharsMin = 6
