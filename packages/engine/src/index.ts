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
export type {
  CommitOperation,
  Database,
  DeleteReceipt,
  IdInput,
  ProofSubject,
  QueryOptions,
  ReadTimes,
  TimeInput,
  ValidTime,
  WriteReceipt,
} from './database/database.ts'
export { checkDatabaseName } from './database/database-name.ts'
export type { DatabaseCheckpoint, ProofOptions } from './database/database-proofs.ts'
export type { SelectOptions } from './database/select-statement.ts'
export { type KeyFile, type KeyFileOptions, openKeyFile, type StoredKey } from './keys/key-file.ts'
export { readSecretFile, writeSecretFile } from './keys/secret-file.ts'
export type { WriteMeta } from './ledger/write-meta.ts'
export type { ReadView, StoredRecord, WriteTx } from './models/model.ts'
export { type Engine, type EngineOptions, openEngine } from './open-engine.ts'
export type { AsOf, IndexProgress, NewDatabase, Receipt, WriteOptions } from './query/host.ts'
export type { Session, SessionAuth, SessionLimits } from './query/session.ts'
export type { QueryAnswer, StatementResult } from './run-query.ts'
export type { Finding } from './verify/findings.ts'
export type { VerifyProgress } from './verify/phase-progress.ts'
export type { CommitReport } from './verify/verify-commit.ts'
export type { ChainReport, VerifyOptions, VerifyReport } from './verify/verify-store.ts'
