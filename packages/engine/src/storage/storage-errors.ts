/** Errors of the stores. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const storageErrors = defineErrors('STORAGE', {
  CLOSED: { status: 'unavailable', message: 'the {what} is closed' },
  TOO_LARGE: { status: 'payload_too_large', message: 'the {what} has {bytes} bytes; the limit is {limit}' },
  FENCED: {
    status: 'conflict',
    message: 'the store does not hold the expected value under key {key}: another writer has taken over',
  },
  CORRUPT: { status: 'corrupt', message: '{what} is damaged: {reason}' },
  FULL: {
    status: 'unavailable',
    message: 'the disk of {path} is full; nothing of this write was kept. Free some space: writes then go on',
  },
  IO: { status: 'unavailable', message: 'the operating system failed under {path}: {reason}' },
  LOCKED: {
    status: 'unavailable',
    message: '{path} is in use by another process, or twice by this one; close it there first',
  },
  FILE_UNREADABLE: { status: 'not_found', message: 'the file {path} cannot be read: {reason}' },
  FILE_UNWRITABLE: { status: 'unavailable', message: 'the file {path} cannot be written: {reason}' },
  FOLDER: { status: 'unavailable', message: 'the folder {path} cannot be used: {reason}' },
  REOPENING: {
    status: 'unavailable',
    message: 'the store is being reopened; try again in a moment',
  },
  SNAPSHOT_LOST: {
    status: 'unavailable',
    message: 'the store was reopened and lost the state of this snapshot; take a new one',
  },
  KEY_NEEDED: {
    status: 'unavailable',
    message:
      'the files in {path} are sealed; they need the master key, as DDB_TMK or as the option masterKey',
  },
  KEY_WRONG: {
    status: 'unavailable',
    message:
      'the files in {path} are sealed under another master key: its id is {expected}, that of the given one {given}',
  },
  FORMAT_TOO_NEW: {
    status: 'unavailable',
    message:
      'the files in {path} have storage format {found}; this version reads up to {supported}: use a newer DendroDB',
  },
})
