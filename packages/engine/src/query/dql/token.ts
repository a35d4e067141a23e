/**
 * Tokens of DQL. A token's type is the symbol itself or the class of what it holds, so that the parser reads
 * as the grammar does: `p.eat('->')`.
 */

import type { Keyword } from './keywords.ts'

export interface Token {
  readonly type: TokenType
  /** UTF-16 offsets, `end` exclusive. */
  readonly start: number
  readonly end: number
  /**
   * Names and strings without quotes and escapes, params without the dollar sign, everything else as written.
   */
  readonly text: string
  /** Only for a bare `word`. */
  readonly keyword: Keyword | ''
}

export type TokenType = ValueTokenType | SymbolType

/**
 * `word`: bare; `escaped`: `⟨…⟩` or `` `…` ``. `number`: everything that begins with a digit (`1`, `1.5e3`,
 * `1h30m`, `5km`, also `01HZY…`, which only a record id may hold). Prefixed strings have their own types;
 * `s'…'` is a string.
 */
export type ValueTokenType =
  | 'word'
  | 'escaped'
  | 'param'
  | 'number'
  | 'string'
  | 'datetime'
  | 'uuid'
  | 'record'
  | 'bytes'
  | 'end'

/** Longer symbols come before their own beginnings. */
export const symbols = [
  '...',
  '..=',
  '..',
  '.',
  '…',
  '::',
  ':',
  ';',
  ',',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<->',
  '<-',
  '<=',
  '<|',
  '<',
  '>..=',
  '>..',
  '>=',
  '>',
  '==',
  '=',
  '!=',
  '!~',
  '!',
  '?=',
  '?:',
  '??',
  '?~',
  '?',
  '*=',
  '*~',
  '**',
  '*',
  '~',
  '+?=',
  '+=',
  '+',
  '-=',
  '->',
  '-',
  '/',
  '%',
  '×',
  '÷',
  '&&',
  '||',
  '|>',
  '|',
  '@',
  '$',
  '∋',
  '∌',
  '∈',
  '∉',
  '⊇',
  '⊃',
  '⊅',
  '⊆',
  '⊂',
  '⊄',
] as const

export type SymbolType = (typeof symbols)[number]
