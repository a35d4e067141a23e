/**
 * One statement for a command that makes it up itself.
 */

import { must, type Value } from '@dendrodb/protocol'
import type { Connection, RunOptions } from './connection.ts'

/** The result of the only statement, in a database that is there. @throws its error */
export async function runOnly(connection: Connection, query: string, options: RunOptions): Promise<Value> {
  await connection.expectDatabase(options.database)
  const [outcome] = await connection.run(query, options)
  const done = must(outcome, 'an outcome of the statement')
  if (done.status === 'error') throw done.error
  return done.value
}
