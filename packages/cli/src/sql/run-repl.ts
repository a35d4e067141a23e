/** The prompt, on this process's terminal and with its owner's history. */

import type { CliIo } from '../cli-io.ts'
import { defaultHistoryFile, HistoryFile } from './history-file.ts'
import type { QuerySession } from './query-session.ts'
import { Repl } from './repl.ts'
import type { ResultView } from './result-view.ts'

export interface ReplRun {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
}

/** The exit code. */
export async function runRepl({ session, view, io }: ReplRun): Promise<number> {
  return new Repl({ session, view, io, history: HistoryFile.open(defaultHistoryFile()) }).run()
}
