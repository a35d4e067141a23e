/**
 * A real data set that every checkout has: the npm packages in node_modules, as DQL on standard output.
 * Three tables: `package`, `file` (with a link to its package) and the relation `depends_on` between
 * packages.
 *
 * node examples/packages/dataset.mjs | npx ddb sql
 */

import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const root = new URL('../../node_modules/', import.meta.url).pathname
const rowsPerInsert = 200
const filesPerPackageMax = 60
/** Larger files are listed without their number of lines. */
const textBytesMax = 256 * 1024

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
const instant = (date) => `d'${date.toISOString()}'`
const packageId = (name) => `package:⟨${name}⟩`

const packages = globSync(['*/package.json', '@*/*/package.json'], { cwd: root })
  .sort()
  .map((file) => ({ folder: path.dirname(file), ...JSON.parse(readFileSync(path.join(root, file), 'utf8')) }))
  .filter(({ name, version }) => typeof name === 'string' && typeof version === 'string')

/** Files of packages within the package are not its own. */
const isNested = (folder) => folder.includes('node_modules')

const known = new Set(packages.map(({ name }) => name))

function packageRow({ name, version, license, description = '', keywords = [], folder }) {
  const { mtime } = statSync(path.join(root, folder, 'package.json'))
  const words = Array.isArray(keywords) ? keywords.filter((word) => typeof word === 'string') : []
  return `{ id: ${packageId(name)}, name: ${quote(name)}, version: ${quote(version)},
  major: ${Number.parseInt(version, 10)},
  license: ${quote(typeof license === 'string' ? license : 'unknown')}, description: ${quote(description)},
  keywords: [${words.map(quote).join(', ')}], modified: ${instant(mtime)} }`
}

function fileRows({ name, folder }) {
  const folderPath = path.join(root, folder)
  const entries = readdirSync(folderPath, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !isNested(entry.parentPath.slice(folderPath.length)))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  return files.slice(0, filesPerPackageMax).map((file) => {
    const { size, mtime } = statSync(file)
    const lines = size <= textBytesMax ? readFileSync(file, 'latin1').split('\n').length : undefined
    return `{ path: ${quote(path.relative(root, file))}, package: ${packageId(name)},
  kind: ${quote(path.extname(file))}, bytes: ${size}, lines: ${lines ?? 'NONE'},
  modified: ${instant(mtime)} }`
  })
}

function dependencyRows({ name, dependencies = {} }) {
  return Object.entries(dependencies)
    .filter(([other]) => known.has(other))
    .map(([other, range]) => `{ in: ${packageId(name)}, out: ${packageId(other)}, range: ${quote(range)} }`)
}

function print(statement, rows) {
  for (let at = 0; at < rows.length; at += rowsPerInsert) {
    process.stdout.write(
      `${statement} [\n${rows.slice(at, at + rowsPerInsert).join(',\n')}\n] RETURN NONE;\n`,
    )
  }
}

process.stdout.write('DEFINE TABLE depends_on TYPE RELATION FROM package TO package;\n')
print('INSERT INTO package', packages.map(packageRow))
print('INSERT INTO file', packages.flatMap(fileRows))
print('INSERT RELATION INTO depends_on', packages.flatMap(dependencyRows))
