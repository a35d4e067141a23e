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
export type {
  CommitOperation,
  Database,
  DeleteReceipt,
  IdInput,
  QueryOptions,
  ReadTimes,
  ValidTime,
  WriteReceipt,
} from './database/database.ts'
export { checkDatabaseName } from './database/database-name.ts'
export type { CommitDetails, HistoryEntry } from './database/past.ts'
export type { FieldInput, QueryBuilder } from './database/query-builder.ts'
export type { SelectOptions } from './database/select-statement.ts'
export type { TimeInput } from './database/time-input.ts'
export type { WriteMeta } from './ledger/write-meta.ts'
export type { ReadView, StoredRecord, WriteTx } from './models/model.ts'
export { type Engine, type EngineOptions, openEngine } from './open-engine.ts'
export type { AsOf, IndexProgress, Receipt, WriteOptions } from './query/host.ts'
export type { NqlAnswer } from './query/nql/create-run-nql.ts'
export type { Session, SessionAuth, SessionLimits } from './query/session.ts'
export type { QueryAnswer, StatementResult } from './run-query.ts'
export type { Finding } from './verify/findings.ts'
export type { VerifyOptions, VerifyProgress, VerifyReport } from './verify/verify-store.ts'
