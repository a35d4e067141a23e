import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testOnEveryHost } from './on-every-host.ts'
import { parseConformance, parseExamples } from './run-conformance.ts'

const folder = join(import.meta.dirname, 'nql')
const names = [...readdirSync(folder).filter((name) => name.endsWith('.nql')), '../../docs/nql.md']
const files = new Map(names.map((name) => [name, casesOf(name)]))

test('there are cases', () => {
  const count = [...files.values()].reduce((sum, cases) => sum + cases.length, 0)
  expect(count).toBeGreaterThan(30)
})

testOnEveryHost(files)

function casesOf(name: string) {
  const text = readFileSync(join(folder, name), 'utf8')
  return name.endsWith('.md') ? parseExamples(text, 'nql') : parseConformance(text, 'nql')
}
