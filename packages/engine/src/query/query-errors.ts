/**
 * Errors of planning and running statements. Those of parsing are in dql/, of operators in operators/, of
 * rules in access/.
 */

import { defineErrors } from '@dendrodb/protocol'

export const queryErrors = defineErrors('QUERY', {
  NOT_SUPPORTED: { status: 'invalid_query', message: '{construct} is not supported yet' },
  RESERVED_NAME: {
    status: 'permission_denied',
    message: 'the table {name} belongs to the system; names that begin with $ are reserved',
  },
  TIMEOUT: {
    status: 'timeout',
    message: 'the statement was stopped after {ms} ms; narrow it, add an index, or raise its TIMEOUT',
  },
  STRETCH_TOO_LONG: {
    status: 'timeout',
    message:
      'an expression was stopped after {ms} ms, as nobody else has a turn meanwhile; divide it into statements',
  },
  CANCELLED: { status: 'cancelled', message: 'the caller cancelled the query' },
  MEMORY_EXCEEDED: {
    status: 'resource_exceeded',
    message:
      'the statement, with what the text before it holds, needs more than {bytes} bytes of memory; narrow it, or add LIMIT or an index',
  },
  MEMORY_SHORT: {
    status: 'unavailable',
    message: 'too many large statements run at once for the memory of the server; try again in a moment',
  },
  ROWS_EXCEEDED: {
    status: 'resource_exceeded',
    message: 'the result has more than {rows} rows; add LIMIT and START to page through it',
  },
  TOO_DEEP: {
    status: 'query_too_complex',
    message: 'subqueries, blocks and closures are nested deeper than {depth} levels',
  },
  TRAVERSAL_TOO_LONG: {
    status: 'query_too_complex',
    message: 'the statement walks along more than {steps} edges',
  },
  TRACE_TOO_LARGE: {
    status: 'query_too_complex',
    message: 'the trace has more than {limit} {unit}; bound it with DEPTH, or begin at fewer records',
  },
  RECURSION_RANGE: {
    status: 'invalid_query',
    message: 'a recursive path repeats 1 to {maximum} times',
  },
  THROWN: { status: 'invalid_query', message: '{value}' },
  TYPE_EXPECTED: { status: 'type_mismatch', message: '{clause} expects {expected}, found {found}' },
  ONLY_ONE: {
    status: 'invalid_query',
    message: 'ONLY expects a single result, found {count}; narrow the statement or add LIMIT 1',
  },
  TARGET_INVALID: {
    status: 'type_mismatch',
    message: '{statement} expects a table or records as its target, found {found}',
  },
  TABLE_TARGET: {
    status: 'type_mismatch',
    message: '{statement} is for single records, {table} is a table',
  },
  RECORD_EXISTS: { status: 'conflict', message: 'the record {id} already exists' },
  ID_MISMATCH: {
    status: 'invalid_argument',
    message: 'the id of {id} cannot be changed to {found}',
  },
  EDGE_ENDS: {
    status: 'invalid_argument',
    message: 'an edge of {table} needs a record in both `in` and `out`',
  },
  EDGE_FIXED: { status: 'invalid_argument', message: 'the ends of the edge {id} cannot be changed' },
  EDGE_TABLE: {
    status: 'schema_conflict',
    message: '{table} is not a relation table; DEFINE TABLE {table} TYPE RELATION lets it hold edges',
  },
  NOT_EDGE_TABLE: {
    status: 'schema_conflict',
    message: '{table} is a relation table; RELATE or INSERT RELATION writes its edges',
  },
  EDGE_ENDPOINT: {
    status: 'validation_failed',
    message: 'edges of {table} do not lead {direction} {found}',
  },
  ENDPOINT_MISSING: {
    status: 'validation_failed',
    message: 'the record {id} does not exist, and edges of {table} join existing records only',
  },
  PATCH_INVALID: { status: 'invalid_argument', message: 'the JSON patch is not valid: {problem}' },
  PATCH_TEST_FAILED: { status: 'conflict', message: 'the test of the JSON patch at {path} failed' },
  ALREADY_DEFINED: {
    status: 'conflict',
    message: 'the {type} {name} already exists; IF NOT EXISTS or OVERWRITE says what to do then',
  },
  DATABASE_IN_USE: {
    status: 'conflict',
    message: 'REMOVE DATABASE {name} stands in that database itself; USE another one first',
  },
  NOT_DEFINED: { status: 'not_found', message: 'there is no {type} {name}' },
  PARAM_PROTECTED: {
    status: 'invalid_argument',
    message: 'the parameter {name} is set by the system and cannot be changed',
  },
  USE_FAILED: {
    status: 'cancelled',
    message: 'the statement was not run, because the USE before it failed: {reason}',
  },
  TRANSACTION_FAILED: {
    status: 'cancelled',
    message: 'nothing of this transaction was written because its statement {number} failed: {reason}',
  },
  TRANSACTION_CANCELLED: {
    status: 'cancelled',
    message: 'nothing of this transaction was written because {reason}',
  },
  TRANSACTION_STATE: { status: 'invalid_query', message: '{statement} {problem}' },
  LOOP_CONTROL: { status: 'invalid_query', message: '{statement} stands outside of a FOR loop' },
  NESTED_WRITE: {
    status: 'invalid_query',
    message: '{statement} cannot stand inside {place}',
  },
})
