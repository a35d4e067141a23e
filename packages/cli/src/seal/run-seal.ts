/** `ddb seal` and `ddb unseal`: database after database, each in one step. */

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { listSealing, type RewriteReport, sealDatabase, unsealDatabase } from '@dendrodb/engine'
import { nearestWord } from '../arguments/nearest-word.ts'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { needMasterKey } from '../master-key.ts'
import { paintFor } from '../output/paint.ts'
import { ProgressBar } from '../output/progress-bar.ts'

type Verb = 'seal' | 'unseal'

const words = {
  seal: { done: 'sealed', already: 'sealed already' },
  unseal: { done: 'unsealed', already: 'in the clear already' },
} as const

/**
 * The exit code. @throws CLI_MASTER_KEY_MISSING, CLI_DATA_MISSING, CLI_DATABASE_MISSING, STORAGE_LOCKED,
 * STORAGE_KEY_WRONG, ENGINE_COPY_DAMAGED, …
 */
export async function runSeal(verb: Verb, args: Arguments, io: CliIo): Promise<number> {
  const folder = resolve(args.value('data') ?? '')
  const masterKey = needMasterKey(io)
  const [wanted] = args.operands
  const databases = await databasesIn(folder, wanted)
  const bar = new ProgressBar(io.stderr)
  const change = verb === 'seal' ? sealDatabase : unsealDatabase
  for (const { name, isSealed } of databases) {
    const isDone = isSealed === (verb === 'seal')
    if (isDone && wanted === undefined) continue
    try {
      const report = await change({ path: folder, name, masterKey, onProgress: bar.show.bind(bar) })
      bar.clear()
      io.stdout.write(lineOf(verb, name, report, io))
    } finally {
      bar.clear()
    }
  }
  if (wanted !== undefined) return 0
  if (verb === 'unseal') await freeServerKeys(folder, masterKey)
  const { already } = words[verb]
  if (databases.every(({ isSealed }) => isSealed === (verb === 'seal'))) {
    io.stdout.write(`all databases in ${folder} are ${already}\n`)
  }
  return 0
}

/** @throws CLI_DATA_MISSING, CLI_DATABASE_MISSING */
export async function databasesIn(folder: string, wanted?: string) {
  if (!existsSync(join(folder, 'databases'))) throw cliErrors.DATA_MISSING({ folder })
  const databases = await listSealing(folder)
  if (wanted === undefined) return databases
  const names = databases.map(({ name }) => name)
  if (names.includes(wanted)) return databases.filter(({ name }) => name === wanted)
  const near = nearestWord(wanted, names)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw cliErrors.DATABASE_MISSING({ name: wanted, folder, hint })
}

function lineOf(verb: Verb, name: string, report: RewriteReport | undefined, io: CliIo): string {
  const { done, already } = words[verb]
  if (report === undefined) return `${name} is ${already}\n`
  const entries = report.entries.toLocaleString('en-US')
  return `${paintFor(io.stdout, io).green(done)}  ${name}, ${entries} entries, head ${report.head}\n`
}

/** Otherwise the server would not start without the master key. */
async function freeServerKeys(folder: string, masterKey: Buffer): Promise<void> {
  const { resealKeys } = await import('@dendrodb/server')
  await resealKeys(folder, masterKey.toString('hex'), undefined)
}
