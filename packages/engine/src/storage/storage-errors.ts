/** Errors of the storage layer. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const storageErrors = defineErrors('STORAGE', {
  CLOSED: { status: 'unavailable', message: 'the {what} is closed' },
  SNAPSHOT_LOST: {
    status: 'unavailable',
    message: 'the snapshot was lost when the store reopened itself after a failed write; take a new one and retry',
  },
  FENCED: {
    status: 'conflict',
    message: 'the store does not hold what the writer expects under {key}; another writer has taken over',
  },
  TOO_LARGE: { status: 'payload_too_large', message: 'the {what} has {bytes} bytes, at most {bytesMax} are allowed' },
  FULL: {
    status: 'unavailable',
    message: 'no room on the disk of {path}; nothing was written, writes resume when there is room',
  },
  CORRUPT: { status: 'corrupt', message: 'damaged data under {key}: {reason}; run a verification' },
  CORRUPT_FILES: { status: 'corrupt', message: 'damaged files in {path}: {reason}' },
  LOCKED: {
    status: 'unavailable',
    message: '{path} is in use by another process or another open store; only one may open it at a time',
  },
  NO_ACCESS: {
    status: 'unavailable',
    message: 'the files in {path} may not be read or written by this user ({reason})',
  },
  IO: { status: 'unavailable', message: 'the disk failed under {path}: {reason}' },
  GENERATION: { status: 'corrupt', message: 'cannot tell which generation of {path} is in force: {reason}' },
})
