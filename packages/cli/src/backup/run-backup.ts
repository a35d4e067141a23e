/**
 * `ddb backup`: of a server or a folder, of one database or all, into a file, a folder or a pipe.
 */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describeBackup, type ReceivedBackup } from '@dendrodb/engine'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { openTarget, type Target } from '../target/open-target.ts'
import { withInterrupt } from '../target/with-interrupt.ts'
import { backupFileName, newestBackupIn } from './backup-files.ts'
import { openBackup, type Since } from './open-backup.ts'

/** The exit code. @throws CLI_*, BACKUP_*, STORAGE_FULL, what the server says */
export function runBackup(args: Arguments, io: CliIo): Promise<number> {
  checkOptions(args)
  return withInterrupt(async (signal) => {
    const target = await openTarget(args, io, { signal })
    try {
      for (const database of await databasesOf(args, target)) {
        await backUp(database, { args, target, io, signal })
        // Of many databases only one has to be open at a time.
        if ('engine' in target) await (await target.engine.database(database)).close()
      }
      return 0
    } finally {
      await target.close()
    }
  })
}

interface Call {
  readonly args: Arguments
  readonly target: Target
  readonly io: CliIo
  readonly signal: AbortSignal
}

function checkOptions(args: Arguments): void {
  const clashes = [
    ['all', 'database'],
    ['all', 'since'],
    ['incremental', 'since'],
  ] as const
  for (const [one, other] of clashes) {
    if (args.has(one) && args.isGiven(other)) {
      throw cliErrors.OPTIONS_CLASH({ one: `--${one}`, other: `--${other}` })
    }
  }
  const isPipe = args.value('output') === '-'
  if (isPipe && args.has('all')) throw cliErrors.OPTIONS_CLASH({ one: '--all', other: '--output -' })
  if (isPipe && args.has('incremental')) {
    throw cliErrors.OPTIONS_CLASH({ one: '--incremental', other: '--output -' })
  }
}

async function databasesOf(args: Arguments, target: Target): Promise<readonly string[]> {
  if (args.has('all')) return target.databaseNames()
  return [await target.known(args.value('database') ?? '')]
}

async function backUp(database: string, { args, target, io, signal }: Call): Promise<void> {
  const output = args.value('output') ?? '.'
  const folder = await folderOf(output, args)
  const since = await sinceOf(database, args, folder)
  const bar = new ProgressBar(io.stderr)
  const backup = await openBackup({ target, database, since, isPlain: args.has('plain'), io, bar, signal })
  try {
    if (output === '-') {
      await pipeline(backup.chunks(), io.stdout, { end: false })
      return
    }
    const path = folder === undefined ? output : join(folder, backupFileName(backup.info))
    await backup.save(path)
    const { received } = backup
    bar.clear()
    io.stdout.write(
      args.has('json') ? `${JSON.stringify({ path, ...received })}\n` : textOf(path, received, io),
    )
  } finally {
    bar.clear()
  }
}

/** The folder that gets a file with a name of ours; `undefined`: the output is the file itself. */
async function folderOf(output: string, args: Arguments): Promise<string | undefined> {
  const isFolder = await stat(output).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return output
  for (const option of ['all', 'incremental']) {
    if (!args.has(option)) continue
    throw cliErrors.OPTION_VALUE({
      name: '--output',
      problem: `must be a folder with --${option}: ${output}`,
    })
  }
  return undefined
}

async function sinceOf(
  database: string,
  args: Arguments,
  folder: string | undefined,
): Promise<Since | undefined> {
  if (args.has('incremental') && folder !== undefined) {
    const newest = await newestBackupIn(folder, database)
    return newest === undefined ? undefined : endOf(newest)
  }
  const since = args.value('since')
  if (since === undefined) return undefined
  return /^\d+$/.test(since) ? { seq: Number(since), head: undefined } : endOf(since)
}

async function endOf(path: string): Promise<Since> {
  const { toSeq, head } = await describeBackup(path)
  return { seq: toSeq, head }
}

function textOf(path: string, backup: ReceivedBackup, io: CliIo): string {
  const { database, fromSeq, toSeq, head, bytes, checksum, isEncrypted } = backup
  const paint = paintFor(io.stdout, io)
  const commits = fromSeq === toSeq ? `none since ${fromSeq}` : `${fromSeq + 1} to ${toSeq}`
  const size = `${bytes.toLocaleString('en-US')} bytes${isEncrypted ? ', encrypted' : ''}`
  return [
    `${paint.green('saved')}     ${database} to ${path}`,
    `${paint.dim('head')}      ${head} (commit ${toSeq})`,
    `${paint.dim('commits')}   ${commits}, ${size}`,
    `${paint.dim('checksum')}  ${checksum}`,
    '',
  ].join('\n')
}
