/**
 * `ddb restore`: from backups into a data folder, which a server may have open as long as the name is new.
 */

import { resolve } from 'node:path'
import { type BackupInput, type RestoreOptions, restoreBackup } from '@dendrodb/engine'
import { Datetime } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { readMasterKey } from '../master-key.ts'
import { paintFor } from '../output/paint.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { withInterrupt } from '../target/with-interrupt.ts'

/** The exit code. @throws CLI_*, BACKUP_*, ENGINE_*, STORAGE_* */
export async function runRestore(args: Arguments, io: CliIo): Promise<number> {
  if (args.operands.length === 0) throw cliErrors.OPERAND_MISSING({ command: 'restore', operand: 'file' })
  const folder = resolve(args.value('data') ?? '')
  const bar = new ProgressBar(io.stderr)
  const options = {
    path: folder,
    files: args.operands.map((file): BackupInput => {
      return file === '-' ? { name: 'standard input', stream: io.stdin } : file
    }),
    name: args.value('as'),
    to: pointOf(args.value('to')),
    replace: args.has('replace'),
    masterKey: readMasterKey(io),
  }
  const report = await withInterrupt((signal) => {
    const onProgress = bar.listener(signal)
    return restoreBackup({ ...options, onProgress }).finally(() => bar.clear())
  })
  if (args.has('json')) {
    io.stdout.write(`${JSON.stringify({ ...report, folder })}\n`)
    return 0
  }
  const { name, seq, head, versions, trash } = report
  const paint = paintFor(io.stdout, io)
  const lines = [
    `${paint.green('restored')}  ${name} in ${folder}`,
    `${paint.dim('head')}      ${head} (commit ${seq})`,
    `${paint.dim('from')}      ${versions.toLocaleString('en-US')} versions, verified`,
  ]
  if (trash !== undefined) lines.push(`${paint.dim('before')}    what was there is in ${trash}`)
  io.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

/** @throws CLI_OPTION_VALUE */
function pointOf(text: string | undefined): RestoreOptions['to'] {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return { seq: Number(text) }
  try {
    return { instant: Datetime.parse(text) }
  } catch (cause) {
    const problem = `must be the number of a commit or an instant such as 2026-01-31T09:30:00Z, not "${text}"`
    throw cliErrors.OPTION_VALUE({ name: '--to', problem }, { cause })
  }
}
