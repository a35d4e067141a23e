/** Errors of anchoring. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const anchorErrors = defineErrors('ANCHOR', {
  INCOMPLETE: {
    status: 'invalid_argument',
    message: 'anchoring on ethereum needs eth_private_key, or eth_from for an account that the node holds',
  },
  UNREACHABLE: { status: 'unavailable', message: '{service} at {url} does not answer: {problem}' },
  REFUSED: { status: 'unavailable', message: '{service} at {url} refused: {problem}' },
  NOT_INCLUDED: { status: 'timeout', message: 'transaction {hash} is in no block yet' },
  REVERTED: { status: 'unavailable', message: 'transaction {hash} is in a block and failed' },
})
