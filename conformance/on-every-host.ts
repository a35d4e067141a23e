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

/** `files`: cases by the name of their file. */
export function testOnEveryHost(files: ReadonlyMap<string, readonly ConformanceCase[]>): void {
  describe.each(Object.keys(hosts))('on %s', (hostName) => {
    describe.each([...files])('%s', (_, cases) => {
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
