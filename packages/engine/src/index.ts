/** Public API of @dendrodb/engine. */

export {
  Datetime,
  DbError,
  Decimal,
  Duration,
  Geometry,
  type HashName,
  Range,
  RecordId,
  type RecordKey,
  Uuid,
  type Value,
  type ValueObject,
  ValueSet,
} from '@dendrodb/protocol'
export type { Database } from './database/database.ts'
export type { DatabaseBranch } from './database/database-branch.ts'
export { checkDatabaseName } from './database/database-name.ts'
export type {
  CommitOperation,
  DeleteReceipt,
  IdInput,
  QueryOptions,
  RecordMethods,
  WriteReceipt,
} from './database/record-calls.ts'
export type { SelectOptions } from './database/select-statement.ts'
export type { WriteMeta } from './ledger/write-meta.ts'
export type { RecordDiff } from './models/branch/diff-states.ts'
export type { FieldChange } from './models/branch/field-changes.ts'
export type { ConflictKind, MergeConflict } from './models/branch/merge-conflict.ts'
export type { ReadView, StoredRecord, WriteTx } from './models/model.ts'
export { type Engine, type EngineOptions, openEngine } from './open-engine.ts'
export type {
  AsOf,
  BranchHost,
  BranchInfo,
  DiffOptions,
  DiffPoint,
  IndexProgress,
  MergeAnswer,
  MergeOptions,
  NewBranch,
  NewDatabase,
  Receipt,
  WriteOptions,
} from './query/host.ts'
export type { Session, SessionAuth, SessionLimits } from './query/session.ts'
export type { QueryAnswer, StatementResult } from './run-query.ts'
export type { Finding } from './verify/findings.ts'
export type { VerifyOptions, VerifyProgress, VerifyReport } from './verify/verify-store.ts'
