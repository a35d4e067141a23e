/**
 * DQL literals to values.
 */

import { parseLiteralText } from './literal-parser.ts'
import { RecordId } from './record-id.ts'
import type { Value } from './values.ts'

/**
 * The value of a DQL literal such as `{ a: [1, 2dec], at: d'2026-01-31' }`; the inverse of `formatValue`.
 * @throws LITERAL_SYNTAX with line and column, VALUE_* for values out of range
 */
export function parseLiteral(text: string): Value {
  return parseLiteralText(text, (table, key) => new RecordId(table, key))
}
