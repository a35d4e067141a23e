/**
 * Errors of asking for what one may not have. None of them says more about a row than that it may not be had.
 */

import { defineErrors } from '@dendrodb/protocol'

export const accessErrors = defineErrors('ACCESS', {
  SIGN_IN_REQUIRED: {
    status: 'unauthenticated',
    message: 'sign in to read or write data; without an account only expressions can be computed',
  },
  DENIED: { status: 'permission_denied', message: 'you may not {action} this record in {table}' },
  ADMIN_REQUIRED: { status: 'permission_denied', message: '{statement} needs the role admin, or root' },
  ROOT_REQUIRED: { status: 'permission_denied', message: '{statement} needs root' },
})
