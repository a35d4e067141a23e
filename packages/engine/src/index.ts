/** Public API of @dendrodb/engine. */

export {
  Datetime,
  DbError,
  Decimal,
  Duration,
  Geometry,
  type HashName,
  type ProofFile,
  Range,
  RecordId,
  type RecordKey,
  Uuid,
  type Value,
  type ValueObject,
  ValueSet,
  type VerifiedProof,
  verifyCheckpoint,
  verifyProof,
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
  Database,
  ProofSubject,
} from './database/database.ts'
export type { DatabaseBranch } from './database/database-branch.ts'
export type { DatabaseInit, InitIndex, InitLink } from './database/database-init.ts'
export { checkDatabaseName } from './database/database-name.ts'
export type { DatabaseCheckpoint, ProofOptions } from './database/database-proofs.ts'
export type { CommitNotice, EngineEvent, EngineListener } from './database/engine-feed.ts'
export type { ExportOptions, ExportStream } from './database/export-database.ts'
export type { ScanProgress } from './database/first-scan.ts'
export type {
  BroughtBack,
  DiffPage,
  DiffPageOptions,
  HistoryMethods,
  HistoryOptions,
  Moment,
} from './database/history-calls.ts'
export type { ImportOptions } from './database/import-file.ts'
export { type Link, type LinkReceipt, type NeighborOptions, putLink, removeLink } from './database/links.ts'
export type { MasterKeyInput } from './database/parse-master-key.ts'
export type { CommitDetails, HistoryEntry } from './database/past.ts'
export type { FieldInput, QueryBuilder } from './database/query-builder.ts'
export type { HashedThing, LogChange, LogEntry, LogOptions } from './database/read-log-entries.ts'
export type { RebuildReport } from './database/rebuild-database.ts'
export type {
  CommitOperation,
  DeleteReceipt,
  IdInput,
  QueryOptions,
  ReadTimes,
  RecordMethods,
  ValidTime,
  WriteReceipt,
} from './database/record-calls.ts'
export type { SelectOptions } from './database/select-statement.ts'
export type { TimeInput } from './database/time-input.ts'
export {
  type KeyFile,
  type KeyFileOptions,
  openKeyFile,
  resealKeyFile,
  type StoredKey,
} from './keys/key-file.ts'
export { readSecretFile, writeSecretFile } from './keys/secret-file.ts'
export type { WriteMeta } from './ledger/write-meta.ts'
export type { RecordDiff } from './models/branch/diff-states.ts'
export { type FieldChange, fieldChanges } from './models/branch/field-changes.ts'
export type { ConflictKind, MergeConflict } from './models/branch/merge-conflict.ts'
export type { ReadView, StoredRecord, WriteTx } from './models/model.ts'
export {
  type ImportHistoryOptions,
  importHistory,
  type RebuildOptions,
  type RestoreOptions,
  type RestoreReport,
  rebuildDatabase,
  restoreBackup,
  verifyDamaged,
} from './offline.ts'
export { type CreateOptions, type Engine, type EngineOptions, openEngine } from './open-engine.ts'
export type {
  AsOf,
  BranchHost,
  BranchInfo,
  CompactReport,
  DiffOptions,
  DiffPoint,
  ErasureAnswer,
  ErasureOptions,
  ForgettingStatus,
  IndexProgress,
  MergeAnswer,
  MergeOptions,
  NewBranch,
  NewDatabase,
  NewSnapshot,
  Receipt,
  RestoreAnswer,
  SnapshotHost,
  SnapshotInfo,
  SnapshotPin,
  SnapshotRestore,
  WriteOptions,
} from './query/host.ts'
export type { NqlAnswer } from './query/nql/create-run-nql.ts'
export type { Session, SessionAuth, SessionLimits } from './query/session.ts'
export type { QueryAnswer, StatementResult } from './run-query.ts'
export {
  listSealing,
  type RewriteProgress,
  type RewriteReport,
  type RotationOptions,
  resealCheckpointKeys,
  rotateMasterKey,
  type SealingOptions,
  sealDatabase,
  unsealDatabase,
} from './sealing.ts'
export { saveFile } from './storage/plain-file.ts'
export type { ImportCounts, RecordImport } from './transfer/import-records.ts'
export { type ExportInput, type OpenedExport, openExportFile } from './transfer/read-export.ts'
export type { Line as ExportLine } from './transfer/text-lines.ts'
export type { Finding } from './verify/findings.ts'
export type { VerifyProgress } from './verify/phase-progress.ts'
export type { DamageReport } from './verify/survey-damage.ts'
export type { CommitReport } from './verify/verify-commit.ts'
export type { ChainReport, VerifyOptions, VerifyReport } from './verify/verify-store.ts'
