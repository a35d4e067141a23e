/**
 * Prints what docs/errors.md lacks, ready to be moved into its section and explained, and what it has too
 * much.
 *
 *   npx node scripts/errors-doc.ts
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { declaredErrors, errorEntry } from './error-tables.ts'

const documented = readFileSync(path.resolve(import.meta.dirname, '../docs/errors.md'), 'utf8')
const declared = await declaredErrors()

for (const error of declared) if (!documented.includes(errorEntry(error))) console.log(errorEntry(error))

const codes = new Set(declared.map(({ code }) => code))
for (const [, code] of documented.matchAll(/^### `(\w+)`$/gm)) {
  if (code !== undefined && !codes.has(code)) console.error(`no table declares ${code} any more`)
}
