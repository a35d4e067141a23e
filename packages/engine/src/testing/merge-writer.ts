/**
 * The child of the crash test of merges: changes many records on a branch and merges them into main, over and
 * over, and reports what was acknowledged. Now and then it removes the branch and forks another one.
 * Each line: `branch` or `merged`, and the generation that all records have there; `forked` or `removed`, and
 * the number of the branch.
 */

import { writeSync } from 'node:fs'
import type { Database } from '../database/database.ts'
import { openEngine } from '../open-engine.ts'

const recordsPerMerge = 40

const [path = ''] = process.argv.slice(2)
const engine = await openEngine({ path, writeBufferBytes: 256 * 1024 })
const database = await engine.database('crash')
await database.query('DEFINE INDEX IF NOT EXISTS generation ON item FIELDS generation')
writeSync(1, 'ready\n')
await work(database)

async function work(target: Database): Promise<never> {
  const [last] = await target.query('SELECT VALUE generation FROM item ORDER BY generation DESC LIMIT 1')
  const first = Number((last as readonly number[])[0] ?? 0) + 1
  for (let generation = first; ; generation += 1) {
    if (generation % 3 === 0) await startAnew(target)
    if (!target.branches.list().some(({ name }) => name === 'work')) {
      const { number } = await target.branches.create('work')
      writeSync(1, `forked ${number}\n`)
    }
    const branch = target.branch('work')
    await branch.commit(
      Array.from({ length: recordsPerMerge }, (_, at) => ({ put: `item:${at}`, fields: { generation, at } })),
    )
    writeSync(1, `branch ${generation}\n`)
    const { status } = await target.branches.merge('work', { resolve: 'theirs' })
    if (status !== 'merged') throw new Error(`the merge of ${generation} was ${status}`)
    writeSync(1, `merged ${generation}\n`)
  }
}

async function startAnew(target: Database): Promise<void> {
  for (const { name, number } of target.branches.list()) {
    await target.branches.remove(name)
    writeSync(1, `removed ${number}\n`)
  }
}
