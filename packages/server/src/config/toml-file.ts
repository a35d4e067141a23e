/**
 * `ddb.toml` as settings, each with the line it stands on.
 * Why the lines are searched for: the TOML parser gives none for keys. Settings are plain keys at the top of
 * the file, so that a key's line is the first that begins with it.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as Toml from 'smol-toml'
import { configErrors } from './config-errors.ts'

export interface FileSetting {
  readonly name: string
  readonly value: unknown
  /** `file:line`. */
  readonly where: string
}

/**
 * The settings of the file; none when there is no such file. @throws CONFIG_SYNTAX, CONFIG_FILE_UNREADABLE
 */
export function readTomlFile(file: string): readonly FileSetting[] | undefined {
  const text = readText(file)
  if (text === undefined) return undefined
  const lines = text.split(/\r?\n/)
  return Object.entries(parseToml(text, file)).map(([name, value]) => {
    return { name, value, where: `${file}:${lineOf(name, lines)}` }
  })
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw configErrors.FILE_UNREADABLE({ file, problem: code ?? message }, { cause: error })
  }
}

function parseToml(text: string, file: string): Readonly<Record<string, unknown>> {
  // Most servers have no file, and start without the parser.
  const { parse, TomlError } = createRequire(import.meta.url)('smol-toml') as typeof Toml
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const problem = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    throw configErrors.SYNTAX({ where: `${file}:${error.line}`, problem }, { cause: error })
  }
}

function lineOf(name: string, lines: readonly string[]): number {
  const found = lines.findIndex((line) => {
    const key = line.replace(/^\s*\[{0,2}\s*(['"]?)/, '')
    return key.startsWith(name) && /^\s*['"]?\s*[=.\]]/.test(key.slice(name.length))
  })
  return found < 0 ? 1 : found + 1
}
