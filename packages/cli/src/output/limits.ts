/** Bounds of what is printed. */

/** Columns that a table shows; the others are counted. */
export const tableColumnsMax = 64
/** Characters of a cell, where no terminal sets a narrower bound. */
export const cellCharsMax = 10_000
/** Characters that a cell keeps at least, however narrow the terminal is. */
export const cellCharsMin = 6
/** Levels of a literal that are laid out over several lines; what lies deeper stays on one. */
export const layoutDepthMax = 24
