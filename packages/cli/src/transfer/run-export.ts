/**
 * `ddb export`: lines of JSON from a server or a folder, into a file or a pipe.
 */

import { pipeline } from 'node:stream/promises'
import { saveFile } from '@dendrodb/engine'
import type { Arguments } from '../arguments/parse-arguments.ts'
import type { CliIo } from '../cli-io.ts'
import { awaitFirstScan } from '../data/await-first-scan.ts'
import { type Progress, ProgressBar } from '../output/progress-bar.ts'
import { openTarget, type Target } from '../target/open-target.ts'
import { withInterrupt } from '../target/with-interrupt.ts'

/** The exit code. @throws CLI_*, STORAGE_*, what the server says */
export function runExport(args: Arguments, io: CliIo): Promise<number> {
  return withInterrupt(async (signal) => {
    const target = await openTarget(args, io, { signal })
    const bar = new ProgressBar(io.stderr)
    try {
      const chunks = await openExport(args, target, bar.listener(signal))
      const output = args.value('output') ?? '-'
      if (output === '-') await pipeline(chunks, io.stdout, { end: false })
      else await saveFile(output, chunks)
      return 0
    } finally {
      bar.clear()
      await target.close()
    }
  })
}

async function openExport(
  args: Arguments,
  target: Target,
  onProgress: (progress: Progress) => void,
): Promise<AsyncIterable<Uint8Array>> {
  const name = await target.known(args.value('database') ?? '')
  const history = args.has('history')
  if ('url' in target) return target.export(name, history)
  const database = await target.engine.database(name)
  await awaitFirstScan(database, onProgress)
  const phase = history ? 'commits' : 'records'
  const total = history ? database.head().seq : undefined
  const { chunks } = await database.openExport({
    history,
    onProgress: (done) => onProgress({ phase, done, total }),
  })
  return chunks
}
