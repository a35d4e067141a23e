/**
 * `ddb rebuild`: starts the process that rebuilds and says what came of it.
 */

import { resolve } from 'node:path'
import type { RebuildReport } from '@dendrodb/engine'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { crashError } from '../child/crash-error.ts'
import { runInChild } from '../child/run-in-child.ts'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import { ProgressBar } from '../output/progress-bar.ts'

/**
 * The exit code. @throws CLI_DATA_MISSING, CLI_DATABASE_MISSING, STORAGE_LOCKED, ENGINE_REBUILD_IMPOSSIBLE, …
 */
export async function runRebuild(args: Arguments, io: CliIo): Promise<number> {
  const folder = resolve(args.value('data') ?? '')
  const name = args.value('database') ?? ''
  const report = await runInChild<RebuildReport>({
    file: new URL('./rebuild-child.ts', import.meta.url),
    args: [folder, name],
    bar: new ProgressBar(io.stderr),
    onCrash: (code, signal) => crashError(name, code, signal),
  })
  const { seq, head, versions, isHeadConfirmed } = report
  const paint = paintFor(io.stdout, io)
  io.stdout.write(
    [
      `${paint.green('rebuilt')}  ${name} in ${folder}`,
      `${paint.dim('head')}     ${head} (commit ${seq})`,
      `${paint.dim('from')}     ${versions.toLocaleString('en-US')} versions, verified`,
      '',
    ].join('\n'),
  )
  if (!isHeadConfirmed) {
    io.stderr.write(
      `warning: the manifest was damaged, so nothing says whether commits are missing behind commit ${seq}\n`,
    )
  }
  return 0
}
