/**
 * The former place of `runQuery`, which is put together one level up: the query layer may not know access.
 */

export { type QueryAnswer, runQuery, type StatementResult } from '../run-query.ts'
