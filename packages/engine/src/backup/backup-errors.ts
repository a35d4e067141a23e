/** Errors of backups. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const backupErrors = defineErrors('BACKUP', {
  NOT_ONE: { status: 'invalid_argument', message: '{file} is not a DendroDB backup' },
  FORMAT_TOO_NEW: {
    status: 'unavailable',
    message: '{file} has backup format {found}; this version reads up to {supported}: use a newer DendroDB',
  },
  DAMAGED: { status: 'corrupt', message: 'the backup {file} is damaged in frame {frame}: {reason}' },
  KEY_MISSING: {
    status: 'invalid_argument',
    message: 'the backup {file} is encrypted; the master key that it was made with has to be given',
  },
  KEY_WRONG: {
    status: 'permission_denied',
    message: 'the backup {file} was made with another master key',
  },
  NOT_FULL: {
    status: 'invalid_argument',
    message: '{file} goes on from commit {fromSeq}; the full backup, and those in between, come before it',
  },
  NOT_NEXT: {
    status: 'invalid_argument',
    message: '{file} does not continue {before}: {reason}',
  },
  POINT_UNKNOWN: {
    status: 'invalid_argument',
    message: 'the backup ends at commit {toSeq}; there is no commit {asked} in it',
  },
  INSTANT_UNKNOWN: {
    status: 'invalid_argument',
    message: 'the backup does not tell what was there at {asked}: {reason}',
  },
  SINCE_UNKNOWN: {
    status: 'invalid_argument',
    message: 'there is no commit {since} to go on from; the newest is {newest}',
  },
  DIVERGED: {
    status: 'conflict',
    message:
      'commit {since} of this database is not the one that the backup before ended with; take a full backup',
  },
})
