/** Public API of @dendrodb/engine. */

export {
  Datetime,
  DbError,
  Decimal,
  Duration,
  Geometry,
  Range,
  RecordId,
  type RecordKey,
  Uuid,
  type Value,
  type ValueObject,
  ValueSet,
} from '@dendrodb/protocol'
export type { BackupInput } from './backup/join-backups.ts'
export {
  type BackupInfo,
  type BackupReceiver,
  describeBackup,
  type ReceivedBackup,
  receiveBackup,
} from './backup/receive-backup.ts'
export type { BackupStream } from './database/backup-database.ts'
export type { BuildProgress } from './database/build-store.ts'
export type {
  BackupOptions,
  BackupReport,
  CommitOperation,
  Database,
  DeleteReceipt,
  IdInput,
  ImportOptions,
  QueryOptions,
  WriteReceipt,
} from './database/database.ts'
export { checkDatabaseName } from './database/database-name.ts'
export type { ExportOptions, ExportStream } from './database/export-database.ts'
export type { RebuildReport } from './database/rebuild-database.ts'
export type { SelectOptions } from './database/select-statement.ts'
export type { WriteMeta } from './ledger/write-meta.ts'
export type { ReadView, StoredRecord, WriteTx } from './models/model.ts'
export {
  type ImportHistoryOptions,
  importHistory,
  type RebuildOptions,
  type RestoreOptions,
  type RestoreReport,
  rebuildDatabase,
  restoreBackup,
} from './offline.ts'
export { type Engine, type EngineOptions, openEngine } from './open-engine.ts'
export type { AsOf, IndexProgress, Receipt, WriteOptions } from './query/host.ts'
export type { Session, SessionAuth, SessionLimits } from './query/session.ts'
export type { QueryAnswer, StatementResult } from './run-query.ts'
export { saveFile } from './storage/plain-file.ts'
export type { ImportCounts, RecordImport } from './transfer/import-records.ts'
export { type ExportInput, type OpenedExport, openExportFile } from './transfer/read-export.ts'
export type { Line as ExportLine } from './transfer/text-lines.ts'
export type { Finding } from './verify/findings.ts'
export type { VerifyOptions, VerifyProgress, VerifyReport } from './verify/verify-store.ts'
