/**
 * `ddb verify`: starts the process that verifies, shows how far it is, and says what it found. What brings
 * that process down is taken for damage too: a store's files are read by native code, which a damaged file
 * may crash.
 */

import { resolve } from 'node:path'
import type { DamageReport, VerifyReport } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { crashError } from '../child/crash-error.ts'
import { runInChild } from '../child/run-in-child.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { type Paint, paintFor } from '../output/paint.ts'
import { printableLine } from '../output/printable.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { reportError } from '../output/report-error.ts'

/** Findings that are printed; the report counts them all. */
const findingsPrintedMax = 10

/**
 * The exit code: 0 for an intact database. @throws CLI_DATA_MISSING, CLI_DATABASE_MISSING, STORAGE_LOCKED, …
 */
export async function runVerify(args: Arguments, io: CliIo): Promise<number> {
  const folder = resolve(args.value('data') ?? '')
  const name = args.value('database') ?? ''
  const isForProgram = args.has('json')
  const bar = new ProgressBar(io.stderr)
  let report: VerifyReport | DamageReport
  try {
    report = await runInChild<VerifyReport | DamageReport>({
      file: new URL('./verify-child.ts', import.meta.url),
      args: [folder, name],
      bar,
      onCrash: (code, signal) => crashError(name, code, signal),
    })
  } catch (error) {
    // So damaged that its files could not even be opened, or brought the process down.
    if (!(error instanceof DbError) || error.status !== 'corrupt') throw error
    if (isForProgram) io.stdout.write(`${JSON.stringify(unreadable(name, error))}\n`)
    return reportDamage(error, '', io)
  }
  const [first] = report.findings
  if (isForProgram) io.stdout.write(`${JSON.stringify({ database: name, ...report })}\n`)
  else if (report.isIntact) io.stdout.write(intactText(name, folder, report, paintFor(io.stdout, io)))
  if (first === undefined) return 0
  return reportDamage(cliErrors.DATABASE_DAMAGED({ name, what: findingText(first) }), furtherText(report), io)
}

function reportDamage(damage: DbError, further: string, io: CliIo): number {
  const exitCode = reportError(damage, io)
  io.stderr.write(
    `${further}Keep a copy of the folder. "ddb rebuild" makes everything anew from an intact log;\n`,
  )
  io.stderr.write('if that is damaged as well, restore a backup.\n')
  return exitCode
}

function unreadable(database: string, { details, message }: DbError): object {
  const { what = `the database ${database}`, reason = message } = details
  return { database, isIntact: false, findingsCount: 1, findings: [{ what, reason }] }
}

function intactText(name: string, folder: string, report: VerifyReport, paint: Paint): string {
  const { seq, head, objectsChecked, erased, expired, elsewhere, durationMs } = report
  const seconds = (durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 0)
  return [
    `${paint.green('intact')}   ${name} in ${folder}`,
    `${paint.dim('head')}     ${head} (commit ${seq})`,
    `${paint.dim('checked')}  ${objectsChecked.toLocaleString('en-US')} objects in ${seconds} s`,
    ...(erased + expired === 0
      ? []
      : [`${paint.dim('forgotten')} ${erased} erased, ${expired} past their retention`]),
    ...(elsewhere === 0
      ? []
      : [
          `${paint.dim('missing')}  ${elsewhere} erased before it was restored, as marks say that nobody vouches for`,
        ]),
    '',
  ].join('\n')
}

function furtherText({ findings, findingsCount }: VerifyReport | DamageReport): string {
  const further = findings.slice(1, findingsPrintedMax).map((finding) => `  ${findingText(finding)}\n`)
  const unnamed = findingsCount - 1 - further.length
  const rest = unnamed > 0 ? [`  … and ${unnamed.toLocaleString('en-US')} more\n`] : []
  return [...further, ...rest].join('')
}

function findingText({ what, reason, key }: VerifyReport['findings'][number]): string {
  return printableLine(`${what}: ${reason}${key === undefined ? '' : ` (key ${key})`}`)
}
