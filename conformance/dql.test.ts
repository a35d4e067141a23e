import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testOnEveryHost } from './on-every-host.ts'
import { parseConformance, parseExamples } from './run-conformance.ts'

const folder = join(import.meta.dirname, 'dql')
const names = [...readdirSync(folder).filter((name) => name.endsWith('.dql')), '../../docs/query-language.md']
const files = new Map(names.map((name) => [name, casesOf(name)]))

/** What a host in memory without history does not have. */
const engineFolder = join(import.meta.dirname, 'engine')
const engineNames = readdirSync(engineFolder).filter((name) => name.endsWith('.dql'))
const engineFiles = new Map(
  [
    ...engineNames.map((name) => join('../engine', name)),
    '../../docs/branches.md',
    '../../docs/history.md',
  ].map((name) => [name, casesOf(name)]),
)

test('there are cases', () => {
  const count = [...files.values()].reduce((sum, cases) => sum + cases.length, 0)
  expect(count).toBeGreaterThan(300)
})

testOnEveryHost(files, engineFiles)

function casesOf(name: string) {
  const text = readFileSync(join(folder, name), 'utf8')
  return name.endsWith('.md') ? parseExamples(text) : parseConformance(text)
}
