/**
 * Rows whose texts hold all words of the one searched for, in any field and any order. A word is a run of
 * letters and digits; case does not matter.
 */

import { type Value, ValueSet } from '@dendrodb/protocol'
import { isPlainObject } from '../../compile/read-field.ts'
import { queryLimits } from '../../limits.ts'
import type { SearchNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'

export function createSearch(node: SearchNode, input: Operator): Operator {
  const wanted = new Set(wordsOf(node.text))
  return mapBatches(node, input, function* (batch, ctx) {
    const found: Value[] = []
    for (const [i, row] of batch.entries()) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      if (wanted.size > 0 && holdsAll(row, wanted)) found.push(row)
    }
    return found
  })
}

function holdsAll(row: Value, wanted: ReadonlySet<string>): boolean {
  const missing = new Set(wanted)
  const open: Value[] = [row]
  while (open.length > 0 && missing.size > 0) {
    const value = open.pop()
    if (typeof value === 'string') for (const word of wordsOf(value)) missing.delete(word)
    else for (const part of partsOf(value)) open.push(part)
  }
  return missing.size === 0
}

function partsOf(value: Value): Iterable<Value> {
  if (Array.isArray(value)) return value as readonly Value[]
  if (value instanceof ValueSet) return value
  return isPlainObject(value) ? Object.values(value) : []
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
}
