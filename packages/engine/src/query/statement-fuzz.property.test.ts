/**
 * Statements put together at random from those of the conformance cases: whatever they say, they end in a
 * result or in an error that is meant, for root and for a user, on stores with sync and with async reads.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runQuery } from '../run-query.ts'
import type { Session } from './session.ts'
import { MemoryHost } from './testing/memory-host.ts'
import { rootSession, userSession } from './testing/run-text.ts'

const folder = join(import.meta.dirname, '../../../../conformance/dql')
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
const lines = texts.flatMap((text) => text.split('\n')).filter((line) => /^[A-Z]/.test(line))
const tokens = lines.map((line) => line.match(/\w+|\s+|[^\w\s]/g) ?? [])

const line = fc.constantFrom(...lines)
/** A line into which a piece of another has been put. */
const crossed = fc
  .tuple(fc.constantFrom(...tokens), fc.constantFrom(...tokens), fc.nat(), fc.nat(), fc.nat(), fc.nat(6))
  .map(([into, from, at, begin, cut, length]) => {
    const where = at % (into.length + 1)
    const piece = from.slice(begin % (from.length + 1), (begin % (from.length + 1)) + length)
    return [...into.slice(0, where), ...piece, ...into.slice(where + (cut % 4))].join('')
  })
const program = fc.array(fc.oneof(line, crossed, crossed), { minLength: 1, maxLength: 5 })

const limits = { timeoutMs: 500, memoryBytes: 4_000_000 }
const sessions: readonly Session[] = [
  { ...rootSession, limits },
  { ...userSession('ann'), limits },
]

describe.each(['sync', 'async'] as const)('with %s reads', (reads) => {
  test('every text ends in results or meant errors', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.constantFrom(...sessions), async (parts, session) => {
        const host = new MemoryHost({ reads })
        for (const text of parts) await runMeant(host, session, text)
      }),
      { numRuns: 400 },
    )
  })
})

async function runMeant(host: MemoryHost, session: Session, text: string): Promise<void> {
  if (/SLEEP|\|\w+:\d{3}/.test(text)) return
  try {
    const { results } = await runQuery(host, session, text)
    for (const each of results) {
      if (each.status === 'error' && each.error.code === 'INTERNAL_UNEXPECTED') throw each.error.cause
    }
  } catch (error) {
    if (!(error instanceof DbError)) throw new Error(`${text}\n${(error as Error).stack}`, { cause: error })
    expect(error.code).not.toBe('INTERNAL_UNEXPECTED')
  }
}
