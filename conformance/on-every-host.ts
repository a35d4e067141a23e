/**
 * Conformance cases as tests, on the naive host and on the engine.
 */

import { describe, test } from 'vitest'
import { openEngine } from '../packages/engine/src/open-engine.ts'
import type { QueryHost } from '../packages/engine/src/query/host.ts'
import { MemoryHost } from '../packages/engine/src/query/testing/memory-host.ts'
import { type ConformanceCase, runCase } from './run-conformance.ts'

interface OpenHost {
  readonly host: QueryHost
  close(): Promise<void>
}

const engineName = 'the engine'

const hosts: Readonly<Record<string, () => Promise<OpenHost>>> = {
  'a naive host with sync reads': async () => ({ host: new MemoryHost(), close: async () => {} }),
  'a naive host with async reads': async () => ({
    host: new MemoryHost({ reads: 'async' }),
    close: async () => {},
  }),
  [engineName]: async () => {
    const engine = await openEngine()
    return { host: engine, close: () => engine.close() }
  },
}

type CasesByFile = ReadonlyMap<string, readonly ConformanceCase[]>

/** `engineFiles`: of what the naive host does not have. */
export function testOnEveryHost(files: CasesByFile, engineFiles: CasesByFile = new Map()): void {
  describe.each(Object.keys(hosts))('on %s', (hostName) => {
    const ofHost = hostName === engineName ? [...files, ...engineFiles] : [...files]
    describe.each(ofHost)('%s', (_, cases) => {
      test.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
        const { host, close } = await (hosts[hostName] as () => Promise<OpenHost>)()
        try {
          await runCase(host, each)
        } finally {
          await close()
        }
      })
    })
  })
}
