/** What the process that verifies tells the one that waits for it. */

import type { VerifyProgress, VerifyReport } from '@dendrodb/engine'
import type { DbErrorFields } from '@dendrodb/protocol'

export type VerifyMessage =
  | { readonly type: 'progress'; readonly progress: VerifyProgress }
  | { readonly type: 'report'; readonly report: VerifyReport }
  | { readonly type: 'error'; readonly error: Omit<DbErrorFields, 'cause'> }
