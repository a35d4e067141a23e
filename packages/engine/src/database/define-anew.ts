/** The definition of an index once more, so that it is built anew. */

import type { RecordTx } from '../models/document/record-tx.ts'
import type { DatabaseCore } from './database-core.ts'

/** Nothing where there is no such index. */
export async function defineAnew(core: DatabaseCore, table: string, index: string): Promise<void> {
  await core.write(async (tx: RecordTx) => {
    const old = tx.catalog.table(table)?.indexes.find((each) => each.name === index && !each.isAdjacency)
    if (old === undefined) return
    const { fields, unique, comment } = old
    await tx.defineIndex({
      name: index,
      table,
      fields,
      unique,
      ...(comment === undefined ? {} : { comment }),
    })
  })
}
