/** Errors of the HTTP door. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const httpErrors = defineErrors('HTTP', {
  ROUTE_UNKNOWN: { status: 'not_found', message: 'there is nothing at {path}' },
  METHOD_NOT_ALLOWED: { status: 'bad_request', message: '{path} does not take {method}; it takes {allowed}' },
  REQUEST_MALFORMED: { status: 'bad_request', message: 'the request is not valid HTTP/1.1' },
  REQUEST_TIMEOUT: { status: 'timeout', message: 'the request did not arrive in time' },
  HEADERS_TOO_LARGE: {
    status: 'bad_request',
    message: 'the headers of the request are longer than {bytesMax} bytes',
  },
  URL_MALFORMED: {
    status: 'bad_request',
    message: 'the path is not well encoded: % is followed by two hex digits',
  },
  PATH_TOO_LONG: {
    status: 'bad_request',
    message: 'a part of the path is longer than {charsMax} characters',
  },
  BODY_TOO_LARGE: { status: 'payload_too_large', message: 'the body is longer than {bytesMax} bytes' },
  BODIES_TOO_MANY: {
    status: 'unavailable',
    message: 'requests in work have bodies of {bytesMax} bytes together; try again in {retry_after_secs} s',
  },
  BODY_TYPE: {
    status: 'unsupported_type',
    message: 'the body must be application/json in UTF-8, not compressed',
  },
  BODY_ENCODING: { status: 'bad_request', message: 'the body is not valid UTF-8' },
  BODY_LENGTH: { status: 'bad_request', message: 'the body does not have the length that its header says' },
  BODY_NOT_OBJECT: { status: 'bad_request', message: 'the body must be a JSON object' },
  FIELD_INVALID: { status: 'invalid_argument', message: '{field} must be {expected}' },
  FIELD_UNKNOWN: { status: 'invalid_argument', message: 'there is no field {field} here{hint}' },
  NOT_SUPPORTED: { status: 'invalid_query', message: '{construct} is not supported yet' },
  TABLE_NAME: {
    status: 'invalid_argument',
    message:
      'not a table name: {name}; it begins with a letter or _, then come letters, digits, _ and -, at most {charsMax}',
  },
  RECORD_UNKNOWN: { status: 'not_found', message: 'there is no record {id} that you may see' },
  VERSION_UNKNOWN: {
    status: 'not_found',
    message: 'there is no version of {id} as of commit {version} that you may see',
  },
  PRECONDITION: {
    status: 'conflict',
    message: 'record {id} was expected {expected} and is {actual}',
  },
  LIMIT_INVALID: { status: 'invalid_argument', message: 'limit is an integer from 1 to {recordsMax}' },
  CURSOR_INVALID: {
    status: 'invalid_argument',
    message: 'the cursor is not one of this server; begin again without it',
  },
  DATABASE_UNKNOWN: { status: 'not_found', message: 'there is no database {name}' },
  STREAMS_TOO_MANY: {
    status: 'unavailable',
    message: 'more than {streamsMax} streams of events are open; try again later',
  },
  HASH_UNKNOWN: { status: 'not_found', message: 'nothing in this database has the hash {hash}' },
  RATE_LIMITED: { status: 'rate_limited', message: 'too many requests; try again in {retry_after_secs} s' },
  METRICS_FORBIDDEN: {
    status: 'permission_denied',
    message: 'this address may not read how the server does',
  },
  NOT_READY: { status: 'unavailable', message: 'the server is not ready: {problem}' },
})

/** Where HTTP has a status of its own that the other doors have no use for. */
export const httpStatusOf: ReadonlyMap<string, { readonly status: number; readonly code: string }> = new Map([
  ['HTTP_METHOD_NOT_ALLOWED', { status: 405, code: 'METHOD_NOT_ALLOWED' }],
  ['HTTP_REQUEST_TIMEOUT', { status: 408, code: 'REQUEST_TIMEOUT' }],
  ['HTTP_PATH_TOO_LONG', { status: 414, code: 'PATH_TOO_LONG' }],
  ['HTTP_HEADERS_TOO_LARGE', { status: 431, code: 'HEADERS_TOO_LARGE' }],
])
