/** A real server in this process, in memory, for the current test. */

import { type AddressInfo, createServer } from 'node:net'
import { loadConfig, openServer, type Server } from '@dendrodb/server'
import { onTestFinished } from 'vitest'

export const rootToken = 'root-token-of-the-test'

const silent = () => {}

export async function openTestServer(args: readonly string[] = []): Promise<Server> {
  const { config } = loadConfig({
    args: ['--data', ':memory:', '--port', '0', ...args],
    env: { DDB_ROOT_TOKEN: rootToken },
    cwd: '/',
    home: '/nonexistent',
  })
  const log = {
    trace: silent,
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
    fatal: silent,
    request: silent,
  }
  const server = await openServer({ config, log })
  onTestFinished(() => server.close())
  return server
}

/** Where nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
