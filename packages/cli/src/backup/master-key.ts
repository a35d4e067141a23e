/**
 * The master key, from the environment only: other users of a machine can read its command lines.
 */

import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'

const variables = ['DDB_TMK', 'NEDB_TMK']

/** 32 bytes; `undefined` when none is set. @throws CLI_OPTION_VALUE */
export function readMasterKey({ env }: Pick<CliIo, 'env'>): Buffer | undefined {
  const name = variables.find((each) => env[each] !== undefined && env[each] !== '')
  const text = name === undefined ? undefined : env[name]
  if (name === undefined || text === undefined) return undefined
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw cliErrors.OPTION_VALUE({ name, problem: 'must be 32 bytes as 64 hexadecimal digits' })
  }
  return Buffer.from(text, 'hex')
}
