/** Errors of the keys in a data folder. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const keyErrors = defineErrors('KEYS', {
  SECRET_FILE: { status: 'unavailable', message: 'the file {file} cannot be used: {problem}' },
  UNREADABLE: { status: 'unavailable', message: 'the keys in {file} cannot be opened: {problem}' },
})
