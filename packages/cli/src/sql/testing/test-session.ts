/** A session on an engine in memory, for the current test. */

import { onTestFinished } from 'vitest'
import type { CliIo } from '../../cli-io.ts'
import { type CollectingStream, collectingStream } from '../../output/testing/collecting-stream.ts'
import type { Connection } from '../connection.ts'
import { openEmbedded } from '../embedded-connection.ts'
import { QuerySession } from '../query-session.ts'
import { ResultView } from '../result-view.ts'
import { scanStatements } from '../scan-statements.ts'

export interface TestSession {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo & { readonly stdout: CollectingStream; readonly stderr: CollectingStream }
  /** Every text that was sent. */
  readonly sent: readonly string[]
}

export async function openTestSession(): Promise<TestSession> {
  const engine = await openEmbedded(':memory:')
  onTestFinished(() => engine.close())
  const sent: string[] = []
  const connection: Connection = {
    target: engine.target,
    run: (text, options) => {
      sent.push(text)
      return engine.run(text, options)
    },
    expectDatabase: (name) => engine.expectDatabase(name),
    close: () => engine.close(),
  }
  const io = { stdin: process.stdin, stdout: collectingStream(), stderr: collectingStream(), env: {} }
  const view = new ResultView({ stdout: io.stdout, format: 'dql', showsTiming: false, saysOk: false })
  return { session: new QuerySession(connection, 'main'), view, io, sent }
}

/** Results of the statements of a text, one after the other. @throws the first error */
export async function valuesOf(session: QuerySession, text: string): Promise<readonly unknown[]> {
  const { statements, rest } = scanStatements(text)
  const values: unknown[] = []
  for (const statement of rest === undefined ? statements : [...statements, rest]) {
    for (const outcome of await session.run(statement)) {
      if (outcome.status === 'error') throw outcome.error
      values.push(outcome.value)
    }
  }
  return values
}
