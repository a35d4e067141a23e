/** Errors of exports and imports. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const transferErrors = defineErrors('TRANSFER', {
  NOT_ONE: { status: 'invalid_argument', message: '{file} is not an export of DendroDB' },
  FORMAT_TOO_NEW: {
    status: 'unavailable',
    message: '{file} has export format {found}; this version reads up to {supported}: use a newer DendroDB',
  },
  OTHER_KIND: { status: 'invalid_argument', message: '{file} is an export of {found}, not of {wanted}' },
  LINE: { status: 'invalid_argument', message: '{file}, line {line}: {problem}' },
  INCOMPLETE: { status: 'corrupt', message: '{file} ends early, behind line {line}' },
  EXISTS: {
    status: 'conflict',
    message:
      '{file}, line {line}: {what} is there already and is another one; say that it is to be overwritten',
  },
})
