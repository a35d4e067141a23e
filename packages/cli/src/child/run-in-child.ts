/**
 * Work in a process of its own: a store's files are read by native code, which a damaged file may crash, and
 * that has to be reported like any other damage.
 */

import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { DbError, type DbErrorFields } from '@dendrodb/protocol'
import type { Progress, ProgressBar } from '../output/progress-bar.ts'

/** What the child tells. */
export type ChildMessage<Report> =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'error'; readonly error: Omit<DbErrorFields, 'cause'> }

export interface ChildWork {
  /** Its source. */
  readonly file: URL
  readonly args: readonly string[]
  readonly bar: ProgressBar
  /** What it means that the child ended without a word. */
  readonly onCrash: (code: number | null, signal: NodeJS.Signals | null) => DbError
}

/** @throws the error that the child met */
export function runInChild<Report>({ file, args, bar, onCrash }: ChildWork): Promise<Report> {
  // Its own words, if it crashes, would only frighten; what it finds comes over the channel.
  const child = fork(runnable(file), args, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const interrupt = () => child.kill('SIGTERM')
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  return new Promise<Report>((resolve, reject) => {
    let last: ChildMessage<Report> | undefined
    child.on('message', (message: ChildMessage<Report>) => {
      if (message.type === 'progress') bar.show(message.progress)
      else last = message
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (last?.type === 'report') resolve(last.report)
      else if (last?.type === 'error') reject(new DbError(last.error))
      else reject(onCrash(code, signal))
    })
  }).finally(() => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    bar.clear()
  })
}

/** Sources are TypeScript, what is published is not. */
function runnable(source: URL): URL {
  return new URL(source.href.replace(/\.ts$/, extname(import.meta.filename)))
}
