/**
 * `ddb sql`: whom to ask, and where the statements come from.
 */

import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import { interruptSignal } from './interrupt-signal.ts'
import { openConnection } from './open-connection.ts'
import { QuerySession } from './query-session.ts'
import { type ResultFormat, ResultView } from './result-view.ts'
import { runScript, type Script } from './run-script.ts'
import { readScript, readScriptFile } from './script-source.ts'

export async function runSql(args: Arguments, io: CliIo): Promise<number> {
  const format = formatOf(args)
  const isConversation = args.operands.length === 0 && !args.isGiven('execute') && io.stdin.isTTY === true
  const scripts = isConversation ? [] : await scriptsOf(args, io)
  const connection = await openConnection(args, io)
  try {
    const session = new QuerySession(connection, args.value('database') ?? '', args.value('branch'))
    const view = new ResultView({
      stdout: io.stdout,
      paint: paintFor(io.stdout, io),
      format,
      showsTiming: io.stdout.isTTY === true,
      saysOk: isConversation,
    })
    if (!isConversation) return await runScripts(scripts, { session, view, args, io })
    const { runRepl } = await import('./repl/run-repl.ts')
    return await runRepl({ session, view, io })
  } finally {
    await connection.close()
  }
}

/** @throws CLI_OPTIONS_CLASH */
function formatOf(args: Arguments): ResultFormat {
  const format = args.value('format') as ResultFormat
  if (!args.has('json')) return format
  if (args.isGiven('format') && format !== 'json') {
    throw cliErrors.OPTIONS_CLASH({ one: '--json', other: `--format ${format}` })
  }
  return 'json'
}

interface ScriptRun {
  readonly session: QuerySession
  readonly view: ResultView
  readonly args: Arguments
  readonly io: CliIo
}

async function runScripts(
  scripts: readonly Script[],
  { session, view, args, io }: ScriptRun,
): Promise<number> {
  const continuesAfterErrors = args.has('continue')
  const interrupt = interruptSignal(process)
  try {
    let exitCode = 0
    for (const script of scripts) {
      const { signal } = interrupt
      const code = await runScript(script, { session, view, io, continuesAfterErrors, signal })
      exitCode ||= code
      if (code !== 0 && !continuesAfterErrors) break
    }
    return exitCode
  } finally {
    interrupt.release()
  }
}

/** Every `-e`, or the file, or standard input. @throws CLI_OPTIONS_CLASH, CLI_FILE_UNREADABLE */
async function scriptsOf(args: Arguments, { stdin }: CliIo): Promise<readonly Script[]> {
  const [file] = args.operands
  const given = args.values('execute')
  if (given.length > 0) {
    if (file !== undefined) throw cliErrors.OPTIONS_CLASH({ one: '--execute', other: `the file ${file}` })
    return given.map((text) => ({ text }))
  }
  if (file === undefined || file === '-') {
    return [{ text: await readScript(stdin, 'standard input'), source: '<stdin>' }]
  }
  return [{ text: await readScriptFile(file), source: file }]
}
