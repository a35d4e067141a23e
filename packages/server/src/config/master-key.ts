/** The master key of a configuration: named in it, or in the file that it names. */

import { readFileSync } from 'node:fs'
import { configErrors } from './config-errors.ts'
import { type Config, masterKeyPattern, masterKeyProblem } from './settings.ts'

/**
 * 64 hexadecimal digits; `undefined` when there is none.
 * @throws CONFIG_INVALID_VALUE, CONFIG_FILE_UNREADABLE
 */
export function masterKeyOf({ tmk, tmkFile }: Pick<Config, 'tmk' | 'tmkFile'>): string | undefined {
  if (tmkFile === undefined) return tmk
  if (tmk !== undefined) {
    throw configErrors.INVALID_VALUE({
      where: 'the configuration',
      name: 'tmk_file',
      problem: 'cannot be set beside tmk',
    })
  }
  const key = readText(tmkFile).trim()
  if (!masterKeyPattern.test(key)) {
    throw configErrors.INVALID_VALUE({ where: tmkFile, name: 'the master key', problem: masterKeyProblem })
  }
  return key
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const problem = (error as NodeJS.ErrnoException).code ?? String(error)
    throw configErrors.FILE_UNREADABLE({ file, problem }, { cause: error })
  }
}
