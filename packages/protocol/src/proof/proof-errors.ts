/**
 * Errors of proofs. Each that compares hashes carries both as details, in hex: `expected` and `computed`.
 */

import { defineErrors } from '../errors.ts'

export const proofErrors = defineErrors('PROOF', {
  MALFORMED: { status: 'bad_request', message: 'not a proof that can be checked: {problem}' },
  VERSION: {
    status: 'bad_request',
    message: 'the proof has format version {version}; this program reads up to {supported}',
  },
  KEY_MALFORMED: {
    status: 'invalid_argument',
    message: 'not a public key: {problem}; it reads name+8 hex digits+base64',
  },
  ROOT_MISMATCH: {
    status: 'validation_failed',
    message: '{what} leads to the root {computed}, not to {expected}',
  },
  COMMITMENT_MISMATCH: {
    status: 'validation_failed',
    message: '{what} has the hash {computed}; the commit holds {expected}',
  },
  HEAD_MISMATCH: {
    status: 'validation_failed',
    message: 'the newest commit of the checkpoint has the head {computed}; the checkpoint says {expected}',
  },
  SIGNATURE: { status: 'validation_failed', message: 'the checkpoint is not signed by {key}' },
  OTHER_DATABASE: {
    status: 'validation_failed',
    message: 'the checkpoint is one of {origin}; the key signs for {expected}',
  },
  SEQ_UNKNOWN: { status: 'not_found', message: 'there is no commit {seq}; there are {newest}' },
  RECORD_UNKNOWN: { status: 'not_found', message: 'there is no version of {id} to prove' },
  VERSION_ERASED: { status: 'not_found', message: 'the contents of {id} in commit {seq} were erased' },
  NOT_TRUSTED_ROOT: {
    status: 'validation_failed',
    message: 'the proof is about a tree with the root {computed}, not about yours, {expected}',
  },
})
