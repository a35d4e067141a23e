/**
 * The child of the crash tests of whole databases: does one thing again and again until it is killed.
 * `<this file> <work> <data folder> <folder of files>`; a line on standard output each time it has been done.
 * Why imports on demand: most of the time of such a test goes into starting processes.
 */

import { writeSync } from 'node:fs'
import { join } from 'node:path'

const [work = '', path = '', files = ''] = process.argv.slice(2)
const backup = join(files, 'shop.ddbackup')

/** What a database that is made begins with. */
const beginning = {
  indexes: [{ table: 'item', fields: ['n'] }],
  seed: { item: Array.from({ length: 500 }, (_, n) => ({ id: n, n, text: `text ${n}`.repeat(20) })) },
  links: [{ from: 'item:1', relation: 'next', to: 'item:2' }],
}

const works: Readonly<Record<string, () => Promise<(run: number) => Promise<unknown>>>> = {
  async backup() {
    const { openEngine } = await import('../open-engine.ts')
    const shop = await (await openEngine({ path })).database('shop')
    return (run) => shop.backup({ path: join(path, `saved-${process.pid}-${run}`) })
  },
  async records() {
    const { openEngine } = await import('../open-engine.ts')
    const engine = await openEngine({ path })
    return async (run) => {
      const target = await engine.database(`copy-${process.pid}-${run}`)
      return target.import({ file: join(files, 'records.jsonl') })
    }
  },
  async history() {
    const { importHistory } = await import('../offline.ts')
    const file = join(files, 'history.jsonl')
    return (run) => importHistory({ path, file, name: `copy-${process.pid}-${run}` })
  },
  async restore() {
    const { restoreBackup } = await import('../offline.ts')
    return (run) => restoreBackup({ path, files: [backup], name: `copy-${process.pid}-${run}` })
  },
  async replace() {
    const { restoreBackup } = await import('../offline.ts')
    return (run) =>
      restoreBackup({ path, files: [backup], name: 'shop', to: { seq: 2 + (run % 4) }, replace: true })
  },
  async create() {
    const { openEngine } = await import('../open-engine.ts')
    const engine = await openEngine({ path })
    return (run) => engine.createDatabase(`made-${process.pid}-${run}`, { init: beginning })
  },
  async drop() {
    return dropAgain(false)
  },
  async purge() {
    return dropAgain(true)
  },
  async rebuild() {
    const { rebuildDatabase } = await import('../offline.ts')
    return () => rebuildDatabase({ path, name: 'shop' })
  },
}

/** Makes one and drops it. */
async function dropAgain(purge: boolean): Promise<(run: number) => Promise<unknown>> {
  const { openEngine } = await import('../open-engine.ts')
  const engine = await openEngine({ path })
  return async (run) => {
    const name = `gone-${process.pid}-${run}`
    await engine.createDatabase(name, { init: beginning })
    await engine.dropDatabase(name, { purge })
  }
}

const doIt = await works[work]?.()
for (let run = 0; ; run += 1) {
  await doIt?.(run)
  writeSync(1, 'done\n')
}
