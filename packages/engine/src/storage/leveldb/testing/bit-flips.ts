/**
 * What tests of flipped bits share: a store that is filled, flips all over a file, and what comes of each.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { programFile } from '../../../../../../scripts/testing/program-file.ts'
import type { KvStore } from '../../kv-store.ts'
import type { Flip, FlipOutcome } from './bit-flip-child.ts'
import { scrambledBytes } from './scrambled-bytes.ts'

const script = programFile(new URL('./bit-flip-child.ts', import.meta.url))

/**
 * Tables with two versions of some keys, and a log behind them. The keys in the log lie above all others, so
 * that nothing calls for a compaction.
 */
export async function fillForFlips(folder: string, open: (path: string) => Promise<KvStore>): Promise<void> {
  const history: Record<string, string[]> = {}
  const write = async (keys: readonly number[], round: number) => {
    const store = await open(folder)
    for (let from = 0; from < keys.length; from += 100) {
      const batch = keys.slice(from, from + 100).map((number) => {
        const key = `R${String(number).padStart(6, '0')}`
        const value =
          number % 3 === 0 ? scrambled(number + round) : `{"name":"record ${number}","round":${round}}`
        history[key] = [...(history[key] ?? []), value]
        return { type: 'put' as const, key: Buffer.from(key), value: Buffer.from(value, 'latin1') }
      })
      await store.commit(batch, { durable: false })
    }
    return store
  }
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)
  await (await write([...numbers(0, 1_500), ...numbers(0, 500)], 1)).close()
  await (await write(numbers(1_500, 1_700), 2)).close()
  await writeFile(`${folder}.json`, JSON.stringify(history))
}

/** As text, since the child keeps the history as JSON. */
function scrambled(seed: number): string {
  return scrambledBytes(seed, 40).toString('latin1')
}

/** Spread over the file with a step that meets every bit position. */
export function flipsIn(file: string, bytes: number, count: number): Flip[] {
  return Array.from({ length: count }, (_, at) => ({
    file,
    offset: Math.floor((at * bytes) / count),
    bit: (at * 5) % 8,
  }))
}

/**
 * An outcome per flip; `undefined` where LevelDB stopped the process.
 * @param dataKey in hex, of a sealed store
 */
export async function outcomesOf(sound: string, folder: string, flips: readonly Flip[], dataKey = '') {
  const outcomes: (FlipOutcome | undefined)[] = []
  while (outcomes.length < flips.length) {
    const child = spawn(process.execPath, [
      script,
      sound,
      folder,
      JSON.stringify(flips.slice(outcomes.length)),
      dataKey,
    ])
    let output = ''
    let complaints = ''
    child.stdout.on('data', (data: Buffer) => (output += data))
    child.stderr.on('data', (data: Buffer) => (complaints += data))
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    for (const line of output.split('\n')) if (line !== '') outcomes.push(JSON.parse(line))
    if (code === 0) break
    expect(signal, complaints).toBe('SIGABRT')
    expect(complaints).toContain('Assertion')
    outcomes.push(undefined)
  }
  return outcomes
}
