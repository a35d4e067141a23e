/** Whether the past of a table is still whole as of a commit. */

import type { TableDefinition } from '../../catalog/definitions.ts'
import { forgettingErrors } from './forgetting-errors.ts'

/** @throws FORGET_HISTORY_GONE where versions of then may be gone */
export function checkHistoryKept({ name, historySince: since }: TableDefinition, asked: number): void {
  if (since > asked) throw forgettingErrors.HISTORY_GONE({ table: name, since, asked })
}
