/** Errors of the keys in a data folder. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const keyErrors = defineErrors('KEYS', {
  UNREADABLE: { status: 'unavailable', message: 'the keys in {file} cannot be opened: {problem}' },
})
