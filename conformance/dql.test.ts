import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openEngine } from '../packages/engine/src/open-engine.ts'
import type { QueryHost } from '../packages/engine/src/query/host.ts'
import { MemoryHost } from '../packages/engine/src/query/testing/memory-host.ts'
import { parseConformance, parseExamples, runCase } from './run-conformance.ts'

interface OpenHost {
  readonly host: QueryHost
  close(): Promise<void>
}

const hosts: Readonly<Record<string, () => Promise<OpenHost>>> = {
  'a naive host with sync reads': async () => ({ host: new MemoryHost(), close: async () => {} }),
  'a naive host with async reads': async () => ({
    host: new MemoryHost({ reads: 'async' }),
    close: async () => {},
  }),
  'the engine': async () => {
    const engine = await openEngine()
    return { host: engine, close: () => engine.close() }
  },
}

const folder = join(import.meta.dirname, 'dql')
const files = [...readdirSync(folder).filter((name) => name.endsWith('.dql')), '../../docs/query-language.md']

/** What a host in memory without history does not have. */
const engineFolder = join(import.meta.dirname, 'engine')
const engineFiles = [
  ...readdirSync(engineFolder)
    .filter((name) => name.endsWith('.dql'))
    .map((name) => join('../engine', name)),
  '../../docs/branches.md',
]

test('there are cases', () => {
  const count = files.reduce((sum, name) => sum + casesOf(name).length, 0)
  expect(count).toBeGreaterThan(300)
})

describe.each(Object.keys(hosts))('on %s', (hostName) => {
  const own = hostName === 'the engine' ? [...files, ...engineFiles] : files
  describe.each(own)('%s', (name) => {
    test.each(casesOf(name).map((each) => [each.name, each] as const))('%s', async (_, each) => {
      const { host, close } = await (hosts[hostName] as () => Promise<OpenHost>)()
      try {
        await runCase(host, each)
      } finally {
        await close()
      }
    })
  })
})

function casesOf(name: string) {
  const text = readFileSync(join(folder, name), 'utf8')
  return name.endsWith('.md') ? parseExamples(text) : parseConformance(text)
}
