/**
 * Tests of the API as tables: a request, and what must come of it in the answer and in the store.
 */

import { expect, test } from 'vitest'
import type { Call, Reply, TestServer } from './test-server.ts'

export interface ApiScenario {
  readonly name: string
  /** `POST /api/query`. */
  readonly request: string
  readonly call?: Call | ((server: TestServer) => Promise<Call>)
  readonly status: number
  /** What the body must contain, as `toMatchObject`. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | RegExp>>
  /** Further checks, for example of what was stored. */
  readonly after?: (server: TestServer, reply: Reply) => Promise<void> | void
}

/** One test per scenario, in order, on the server that `serverOf` gives. */
export function testScenarios(serverOf: () => TestServer, scenarios: readonly ApiScenario[]): void {
  for (const { name, request, call, status, body, headers = {}, after } of scenarios) {
    test(name, async () => {
      const server = serverOf()
      const [method = '', path = ''] = request.split(' ')
      const given = typeof call === 'function' ? await call(server) : call
      const reply = await server.call(method, path, given)
      expect({ status: reply.status, body: reply.body }).toMatchObject({
        status,
        ...(body !== undefined && { body }),
      })
      for (const [header, value] of Object.entries(headers)) {
        expect(reply.headers.get(header)).toMatch(value)
      }
      await after?.(server, reply)
    })
  }
}
