/** `ddb rotate-key`: the databases, then what the server keeps for itself. */

import { resolve } from 'node:path'
import { rotateMasterKey } from '@dendrodb/engine'
import { resealKeys } from '@dendrodb/server'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { needMasterKey, readNewMasterKey } from '../master-key.ts'
import { paintFor } from '../output/paint.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { databasesIn } from './run-seal.ts'

/**
 * The exit code. @throws CLI_MASTER_KEY_MISSING, STORAGE_KEY_WRONG, STORAGE_LOCKED, KEYS_UNREADABLE, …
 */
export async function runRotateKey(args: Arguments, io: CliIo): Promise<number> {
  const folder = resolve(args.value('data') ?? '')
  const renewsDataKeys = args.has('data-key')
  const from = needMasterKey(io)
  const to = readNewMasterKey(io) ?? (renewsDataKeys ? from : undefined)
  if (to === undefined) throw cliErrors.MASTER_KEY_MISSING({ names: 'DDB_TMK_NEW or DDB_TMK_NEW_FILE' })
  if (to.equals(from) && !renewsDataKeys) {
    throw cliErrors.OPTION_VALUE({ name: 'DDB_TMK_NEW', problem: 'is the master key that is in use' })
  }
  const databases = await databasesIn(folder)
  const bar = new ProgressBar(io.stderr)
  const onProgress = bar.show.bind(bar)
  let names: readonly string[]
  try {
    names = await rotateMasterKey({ path: folder, from, to, renewsDataKeys, onProgress })
  } finally {
    bar.clear()
  }
  await resealKeys(folder, from.toString('hex'), to.toString('hex'))
  const paint = paintFor(io.stdout, io)
  for (const name of names) io.stdout.write(`${paint.green('rotated')}  ${name}\n`)
  const clear = databases.filter(({ isSealed }) => !isSealed).map(({ name }) => name)
  if (clear.length > 0) io.stdout.write(`not sealed: ${clear.join(', ')}\n`)
  if (!to.equals(from)) io.stdout.write('from now on the master key is the new one\n')
  return 0
}
