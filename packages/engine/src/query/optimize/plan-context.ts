/**
 * What the rules of the optimizer may look at beside the plan.
 */

import type { Catalog, IndexDefinition } from '../../catalog/definitions.ts'
import type { AccessScope } from '../compile/eval-context.ts'
import type { IndexHint } from '../dql/ast.ts'

export interface PlanContext {
  readonly catalog: Catalog
  readonly access: AccessScope
  readonly hint: IndexHint | undefined
}

/** Indexes of the table that a read may use, by the statement's leave. */
export function usableIndexes(table: string, { catalog, hint }: PlanContext): readonly IndexDefinition[] {
  const ready = catalog.table(table)?.indexes.filter((index) => index.state === 'ready') ?? []
  if (hint === undefined) return ready
  return hint.type === 'noindex' ? [] : ready.filter((index) => hint.names.includes(index.name))
}
