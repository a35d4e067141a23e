/** An export of records in a file, written into a database. */

import type { WriteMeta } from '../ledger/write-meta.ts'
import type { DatabaseHost } from '../query/host.ts'
import { type ImportCounts, RecordImport } from '../transfer/import-records.ts'
import { type ExportInput, openExportFile } from '../transfer/read-export.ts'

export interface ImportOptions {
  /** A file, or a stream of its bytes. */
  readonly file: ExportInput
  /** Whether records and definitions that are others may be overwritten. Default: no. */
  readonly overwrite?: boolean | undefined
  readonly meta?: WriteMeta | undefined
  /** Called after every line. */
  readonly onProgress?: ((counts: ImportCounts) => void) | undefined
}

/** @throws TRANSFER_*, INDEX_UNIQUE_VIOLATION */
export async function importFile(
  database: DatabaseHost,
  { file, onProgress, ...options }: ImportOptions,
): Promise<ImportCounts> {
  const opened = await openExportFile(file)
  try {
    opened.expect('records')
    const { overwrite = false, meta } = options
    const records = new RecordImport(database, { file: opened.file, overwrite, meta })
    for await (const line of opened.lines()) {
      await records.add(line)
      onProgress?.(records.counts)
    }
    await records.flush()
    return records.counts
  } finally {
    await opened.close()
  }
}
