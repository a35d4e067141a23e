/**
 * Errors of making values: from text, from parts, by arithmetic, from untrusted input.
 */

import { defineErrors } from './errors.ts'

export const valueErrors = defineErrors('VALUE', {
  INT_EXPECTED: { status: 'type_mismatch', message: '{value} is not an integer' },
  INT_RANGE: { status: 'invalid_argument', message: 'an int has at most 512 bits' },
  DECIMAL_SYNTAX: { status: 'invalid_argument', message: '"{text}" is not a decimal number' },
  DECIMAL_RANGE: {
    status: 'invalid_argument',
    message: 'the decimal lies outside 1e-300 to 1e301 in size',
  },
  DIVISION_BY_ZERO: { status: 'invalid_argument', message: 'division by zero' },
  DATETIME_SYNTAX: {
    status: 'invalid_argument',
    message: '"{text}" is not an RFC 3339 datetime such as 2026-01-31T09:30:00Z',
  },
  DATETIME_RANGE: { status: 'invalid_argument', message: 'datetimes reach from year -9999 to year 9999' },
  DURATION_SYNTAX: { status: 'invalid_argument', message: '"{text}" is not a duration such as 1h30m' },
  DURATION_RANGE: {
    status: 'invalid_argument',
    message: 'a duration is at least 0 and below 2^53 seconds',
  },
  UUID_SYNTAX: { status: 'invalid_argument', message: '"{text}" is not a UUID' },
  ULID_SYNTAX: { status: 'invalid_argument', message: '"{text}" is not a ULID' },
  TABLE_NAME: { status: 'invalid_argument', message: 'a table name has 1 to 128 bytes of valid text' },
  RECORD_ID: {
    status: 'type_mismatch',
    message: 'a record is named by a RecordId or by text such as user:alice, not by a value of type {type}',
  },
  RECORD_KEY_TYPE: {
    status: 'type_mismatch',
    message: 'the key of a record id is a string, int, uuid, array or object, not {type}',
  },
  RECORD_KEY_SIZE: {
    status: 'invalid_argument',
    message: 'the key of a record id exceeds 1024 encoded bytes',
  },
  GEOMETRY: { status: 'invalid_argument', message: 'not a GeoJSON geometry: {problem}' },
  LONE_SURROGATE: {
    status: 'invalid_argument',
    message: 'the text at {path} has a lone surrogate and is not valid Unicode',
  },
  TOO_DEEP: { status: 'invalid_argument', message: 'the value is nested deeper than {levelsMax} levels' },
  TOO_MANY_ELEMENTS: { status: 'invalid_argument', message: 'the value has more than 1,000,000 elements' },
  CYCLE: { status: 'invalid_argument', message: 'the value contains itself' },
  UNSUPPORTED: { status: 'type_mismatch', message: 'no database type holds {type} (at {path})' },
})
