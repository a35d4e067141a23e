/**
 * Master keys, from the environment or from files that it names: other users of a machine can read its
 * command lines.
 */

import { readFileSync } from 'node:fs'
import { cliErrors } from './cli-errors.ts'
import type { CliIo } from './cli-io.ts'
import { printableLine } from './output/printable.ts'

type Environment = Pick<CliIo, 'env'>

const current = { keys: ['DDB_TMK', 'NEDB_TMK'], files: ['DDB_TMK_FILE', 'NEDB_TMK_FILE'] }
const next = { keys: ['DDB_TMK_NEW'], files: ['DDB_TMK_NEW_FILE'] }

/**
 * 32 bytes; `undefined` when none is set. @throws CLI_OPTION_VALUE, CLI_OPTIONS_CLASH, CLI_FILE_UNREADABLE
 */
export function readMasterKey(io: Environment): Buffer | undefined {
  return readKey(io, current)
}

/** What opens the engine of a folder whose databases may be sealed. @throws as `readMasterKey` */
export function sealingOf(io: Pick<CliIo, 'env' | 'stderr'>) {
  const onWarning = (warning: string) => void io.stderr.write(`warning: ${printableLine(warning)}\n`)
  return { masterKey: readMasterKey(io), onWarning }
}

/** The one of this call, which cannot do without. @throws CLI_MASTER_KEY_MISSING, … */
export function needMasterKey(io: Environment): Buffer {
  const key = readMasterKey(io)
  if (key === undefined) throw cliErrors.MASTER_KEY_MISSING({ names: 'DDB_TMK or DDB_TMK_FILE' })
  return key
}

/** The master key to be. */
export function readNewMasterKey(io: Environment): Buffer | undefined {
  return readKey(io, next)
}

function readKey({ env }: Environment, { keys, files }: typeof current): Buffer | undefined {
  const key = keys.find((name) => isSet(env[name]))
  const file = files.find((name) => isSet(env[name]))
  if (key !== undefined && file !== undefined) throw cliErrors.OPTIONS_CLASH({ one: key, other: file })
  if (key !== undefined) return parseKey(key, env[key] ?? '')
  return file === undefined ? undefined : parseKey(file, readText(env[file] ?? '').trim())
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

function parseKey(name: string, text: string): Buffer {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw cliErrors.OPTION_VALUE({ name, problem: 'must give 32 bytes as 64 hexadecimal digits' })
  }
  return Buffer.from(text, 'hex')
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw cliErrors.FILE_UNREADABLE({ file, problem: code ?? message }, { cause: error })
  }
}
