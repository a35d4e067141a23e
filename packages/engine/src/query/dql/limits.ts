/**
 * Bounds of the parser, so that its time and memory are bounded by the length of the text and a hostile text
 * ends in an error instead of a stack overflow, here or in whoever walks the tree. Each is tested at the
 * bound and one past it.
 */

export interface DqlLimits {
  /** UTF-8 bytes of a text. */
  readonly textBytesMax: number
  /** Statements in a text, those in blocks and parentheses included. */
  readonly statementsMax: number
  /** Parentheses, brackets, braces, prefix operators and types within one another. */
  readonly depthMax: number
  /**
   * Levels of the tree below a statement; a chain `a + b + c` counts its operators, being as deep as it is
   * long.
   */
  readonly heightMax: number
  /** Parts of one path: `a.b[0]->knows` has four. */
  readonly pathPartsMax: number
}

export const dqlLimits: DqlLimits = {
  textBytesMax: 1024 * 1024,
  statementsMax: 10_000,
  depthMax: 120,
  heightMax: 1000,
  pathPartsMax: 256,
}
