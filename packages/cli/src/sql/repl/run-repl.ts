/** The prompt, on this process's terminal and with its owner's history. */

import type { CliIo } from '../../cli-io.ts'
import { printableLine } from '../../output/printable.ts'
import type { QuerySession } from '../query-session.ts'
import type { ResultView } from '../result-view.ts'
import { defaultHistoryFile, HistoryFile } from './history-file.ts'
import { Repl } from './repl.ts'

export interface ReplRun {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
}

/** The exit code. */
export async function runRepl({ session, view, io }: ReplRun): Promise<number> {
  const history = HistoryFile.open(defaultHistoryFile())
  if (history.problem !== undefined) {
    io.stderr.write(`warning: no history is kept: ${printableLine(history.problem)}\n`)
  }
  return new Repl({ session, view, io, history }).run()
}
