/** Errors of starting the server. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const serverErrors = defineErrors('SERVER', {
  PORT_TAKEN: {
    status: 'unavailable',
    message: 'another program listens on {host}:{port} already; stop it, or choose another port with --port',
  },
  ADDRESS_UNUSABLE: {
    status: 'invalid_argument',
    message: 'the server cannot listen on {host}:{port}: {problem}',
  },
  DATA_FOLDER_UNUSABLE: {
    status: 'unavailable',
    message: 'the data folder {folder} cannot be used: {problem}',
  },
  TLS_INCOMPLETE: {
    status: 'invalid_argument',
    message: 'HTTPS needs both tls_cert and tls_key; only {given} is set',
  },
  TLS_UNUSABLE: {
    status: 'invalid_argument',
    message: 'the TLS certificate or key cannot be used: {problem}',
  },
})
