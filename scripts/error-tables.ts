/**
 * Every error that the packages declare, found by reading the sources for `defineErrors(` and importing those
 * files. Why not an import list: a new table would be forgotten in it, and its errors would go undocumented.
 * Invariant: a table that is declared but cannot be reached (not exported) is an error here, not a gap.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ErrorListing, errorStatusTable, listErrors } from '../packages/protocol/src/errors.ts'

export interface DeclaredError extends ErrorListing {
  /** Path of the declaring file from the root. */
  readonly file: string
}

type Table = Parameters<typeof listErrors>[0]

const root = path.resolve(import.meta.dirname, '..')
const declaration = /^(?:export )?const \w+ = defineErrors\(/gm

/** Sorted by code. */
export async function declaredErrors(): Promise<readonly DeclaredError[]> {
  const found: DeclaredError[] = []
  const exclude = (entry: string) => entry === 'node_modules' || /\.(test|bench)\.ts$/.test(entry)
  for (const file of globSync('packages/*/src/**/*.ts', { cwd: root, exclude })) {
    const declared = readFileSync(path.join(root, file), 'utf8').match(declaration)?.length ?? 0
    if (declared === 0) continue
    const tables = await tablesOf(file)
    if (tables.length !== declared) {
      throw new Error(
        `${file} declares ${declared} error tables and exports ${tables.length}: export each of them`,
      )
    }
    for (const error of tables.flatMap(listErrors)) found.push({ ...error, file })
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : 1))
}

/**
 * An entry of docs/errors.md as far as the tables can write it: its reader still needs to be told what to do.
 */
export function errorEntry({ code, status, message }: ErrorListing): string {
  return `### \`${code}\`\n\n\`${status}\`, HTTP ${errorStatusTable[status].http}: ${message}\n`
}

async function tablesOf(file: string): Promise<readonly Table[]> {
  const module: Record<string, unknown> = await import(pathToFileURL(path.join(root, file)).href)
  return Object.values(module).filter(isTable)
}

function isTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false
  return Object.getOwnPropertySymbols(value).some((symbol) => symbol.description === 'error listing')
}
