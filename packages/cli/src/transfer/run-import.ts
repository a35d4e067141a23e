/**
 * `ddb import`: an export of records into a database of a server or a folder, an export of a history into a
 * database of its own in a data folder.
 */

import { resolve } from 'node:path'
import { type ImportCounts, importHistory, type OpenedExport, openExportFile } from '@dendrodb/engine'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { awaitFirstScan } from '../data/await-first-scan.ts'
import { readMasterKey } from '../master-key.ts'
import { paintFor } from '../output/paint.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { openTarget, type Target } from '../target/open-target.ts'
import { withInterrupt } from '../target/with-interrupt.ts'

/** The exit code. @throws CLI_*, TRANSFER_*, ENGINE_*, STORAGE_*, what the server says */
export async function runImport(args: Arguments, io: CliIo): Promise<number> {
  const [file] = args.operands
  if (file === undefined) throw cliErrors.OPERAND_MISSING({ command: 'import', operand: 'file' })
  const opened = await openExportFile(file === '-' ? { name: 'standard input', stream: io.stdin } : file)
  const bar = new ProgressBar(io.stderr)
  return withInterrupt(async (signal) => {
    try {
      const name = args.value('database') ?? opened.header.database
      const load = opened.header.kind === 'history' ? loadHistory : loadRecords
      await load(opened, name, { args, io, bar, signal })
      return 0
    } finally {
      bar.clear()
      await opened.close()
    }
  })
}

interface Call {
  readonly args: Arguments
  readonly io: CliIo
  readonly bar: ProgressBar
  readonly signal: AbortSignal
}

async function loadHistory(
  opened: OpenedExport,
  name: string,
  { args, io, bar, signal }: Call,
): Promise<void> {
  const folder = resolve(args.value('data') ?? '')
  const report = await importHistory({
    path: folder,
    file: opened,
    name,
    replace: args.has('yes'),
    masterKey: readMasterKey(io),
    onProgress: bar.listener(signal),
  })
  bar.clear()
  if (args.has('json')) {
    io.stdout.write(`${JSON.stringify({ ...report, folder })}\n`)
    return
  }
  const { seq, head, versions, trash } = report
  const paint = paintFor(io.stdout, io)
  const lines = [
    `${paint.green('imported')}  ${name} in ${folder}`,
    `${paint.dim('head')}      ${head} (commit ${seq})`,
    `${paint.dim('from')}      ${versions.toLocaleString('en-US')} versions, verified`,
  ]
  if (trash !== undefined) lines.push(`${paint.dim('before')}    what was there is in ${trash}`)
  io.stdout.write(`${lines.join('\n')}\n`)
}

async function loadRecords(
  opened: OpenedExport,
  name: string,
  { args, io, bar, signal }: Call,
): Promise<void> {
  const target = await openTarget(args, io, { makes: true, signal })
  try {
    const listener = bar.listener(signal)
    const onProgress = ({ written, unchanged }: ImportCounts) => {
      listener({ phase: 'records', done: written + unchanged, total: undefined })
    }
    const counts = await importInto(target, opened, { name, overwrite: args.has('yes'), onProgress })
    bar.clear()
    const { written, unchanged } = counts
    const paint = paintFor(io.stdout, io)
    const text = [
      `${paint.green('imported')}  ${written.toLocaleString('en-US')} records into ${name}`,
      `${paint.dim('there')}     ${unchanged.toLocaleString('en-US')} records were there already`,
    ]
    io.stdout.write(args.has('json') ? `${JSON.stringify({ name, ...counts })}\n` : `${text.join('\n')}\n`)
  } finally {
    await target.close()
  }
}

interface ImportWork {
  readonly name: string
  readonly overwrite: boolean
  readonly onProgress: (counts: ImportCounts) => void
}

async function importInto(
  target: Target,
  opened: OpenedExport,
  { name, overwrite, onProgress }: ImportWork,
): Promise<ImportCounts> {
  if ('url' in target) return target.import(name, opened, { overwrite, onProgress })
  const database = await target.engine.database(name)
  await awaitFirstScan(database)
  return database.import({ file: opened, overwrite, onProgress })
}
