/**
 * Public API of @dendrodb/protocol: values, their order and encodings, errors, proofs. Runs in a browser, and
 * loads nothing else until a proof is checked.
 */

export { AssertionError, assert, must, unreachable } from './assert.ts'
export { decodeBase64, encodeBase64 } from './base64.ts'
export {
  byteStringHeadBytes,
  decodeCanonical,
  decodeCanonicalAnswer,
  decodeCanonicalInto,
  decodeCanonicalViews,
  encodeCanonical,
  encodeCanonicalAnswer,
  encodeCanonicalBehind,
} from './cbor.ts'
export { readCanonical } from './cbor-decode.ts'
export { writeCanonical } from './cbor-encode.ts'
export { cborErrors } from './cbor-errors.ts'
export { pickFields } from './cbor-pick.ts'
export { CborReader } from './cbor-reader.ts'
export { cborTags } from './cbor-tags.ts'
export { type CborMajor, CborWriter, cborMajor } from './cbor-writer.ts'
export { nowMicros } from './clock.ts'
export {
  compareBytes,
  compareExact,
  compareText,
  compareValues,
  equalValues,
  sortedFields,
} from './compare-values.ts'
export { Datetime, type DatetimeParts } from './datetime.ts'
export { Decimal } from './decimal.ts'
export { Duration, type DurationUnit } from './duration.ts'
export { codePointsOf, editDistance } from './edit-distance.ts'
export {
  DbError,
  type DbErrorFields,
  defineErrors,
  type ErrorBody,
  type ErrorCause,
  type ErrorDetails,
  type ErrorListing,
  type ErrorMaker,
  type ErrorSignals,
  type ErrorStatus,
  type ErrorTable,
  type ErrorTemplate,
  errorBody,
  errorStatusTable,
  internalErrors,
  listErrors,
  toDbError,
} from './errors.ts'
export { setField } from './fields.ts'
export { Float, float, int, isFloat, isInt, type NumericValue, toFloat } from './float.ts'
export { formatHex, formatIdentifier, formatValue } from './format-value.ts'
export { fromUntrusted } from './from-untrusted.ts'
export { type GeoJson, Geometry } from './geometry.ts'
export { type Coordinates, type GeometryType, geometryTypes } from './geometry-types.ts'
export { jsonErrors } from './json-errors.ts'
export {
  type DecodedKey,
  decodeExact,
  encodeCollation,
  encodeExact,
  keySuccessor,
  prefixEnd,
  skipCollation,
  skipExact,
} from './key-codec.ts'
export { keyErrors } from './key-cursor.ts'
export { KeyReader } from './key-reader.ts'
export { KeyWriter } from './key-writer.ts'
export { limits } from './limits.ts'
export { literalErrors } from './literal-scanner.ts'
export { nearestName } from './nearest-name.ts'
export { compareNumbers } from './number-order.ts'
export { fromJson, type ParseJsonOptions, parseJson } from './parse-json.ts'
export { parseLiteral } from './parse-literal.ts'
export {
  type Checkpoint,
  checkpointBody,
  formatCheckpoint,
  originOf,
  parseCheckpoint,
  type SignedCheckpoint,
} from './proof/checkpoint.ts'
export {
  type CheckpointKey,
  checkpointKeyOf,
  formatCheckpointKey,
  parseCheckpointKey,
} from './proof/checkpoint-key.ts'
export {
  type CommitContents,
  commitFormat,
  decodeCommit,
  decodeMeta,
  decodeVersion,
  recordOfVersion,
  type VersionContents,
  versionFields,
} from './proof/commit-layout.ts'
export { formatHead, type HashName, hashNames, headPrefixes, isHashName } from './proof/hash-name.ts'
export { proofLimits } from './proof/limits.ts'
export {
  type ConsistencyProof,
  type InclusionProof,
  type ProofHash,
  verifyConsistency,
  verifyInclusion,
} from './proof/merkle-proof.ts'
export { proofErrors } from './proof/proof-errors.ts'
export {
  type CommitProof,
  decodeProof,
  encodeProof,
  type GrowthProof,
  type Proof,
  type ProofFile,
  type RecordProof,
} from './proof/proof-file.ts'
export {
  type VerifiedCheckpoint,
  type VerifiedCommit,
  type VerifiedGrowth,
  type VerifiedProof,
  type VerifiedRecord,
  type VerifyProofOptions,
  verifyCheckpoint,
  verifyProof,
} from './proof/verify-proof.ts'
export { Range } from './range.ts'
export { isTableName, RecordId } from './record-id.ts'
export { type JsonValue, stringifyJson, toJson } from './to-json.ts'
export { typeOf } from './type-of.ts'
export { fromTypedJson, toTypedJson } from './typed-json.ts'
export { createUlidGenerator, isUlid, ulid, ulidTime } from './ulid.ts'
export { Uuid } from './uuid.ts'
export { valueErrors } from './value-errors.ts'
export { ValueSet } from './value-set.ts'
export type {
  RangeBound,
  RangeValue,
  RecordIdValue,
  RecordKey,
  TypeName,
  Value,
  ValueObject,
  ValueSetValue,
} from './values.ts'
