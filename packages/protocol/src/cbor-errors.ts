/**
 * Errors of reading bytes that should be canonical CBOR. Their status is `corrupt`: what we read we have
 * written.
 * A door that decodes a client's bytes answers with its own error and keeps these as the cause.
 */

import { defineErrors } from './errors.ts'

export const cborErrors = defineErrors('CBOR', {
  TRUNCATED: { status: 'corrupt', message: 'the bytes end inside a value (at byte {offset})' },
  TRAILING: { status: 'corrupt', message: 'there are bytes after the value (at byte {offset})' },
  NOT_CANONICAL: { status: 'corrupt', message: '{problem} is not canonical (at byte {offset})' },
  UNSUPPORTED: { status: 'corrupt', message: '{item} is not part of this encoding (at byte {offset})' },
  UNEXPECTED: { status: 'corrupt', message: 'expected {expected} (at byte {offset})' },
  UTF8: { status: 'corrupt', message: 'a text is not valid UTF-8 (at byte {offset})' },
  KEY_ORDER: { status: 'corrupt', message: 'the keys of a map are unsorted or repeated (at byte {offset})' },
  DEPTH: { status: 'corrupt', message: 'values are nested deeper than 128 levels (at byte {offset})' },
  VALUE: { status: 'corrupt', message: 'the content of a tag is no value: {problem} (at byte {offset})' },
})
