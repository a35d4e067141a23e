/** What `npm start` runs: the bundle does what the sources do, and is made anew when they change. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundledMain, fingerprintOf } from './start/bundle.mjs'

const bundleTimeoutMs = 120_000

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dendrodb-start-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a bundle', () => {
  test('serves, stops, and verifies in a child process of its own', {
    timeout: bundleTimeoutMs,
  }, async () => {
    const data = path.join(folder, 'data')
    const start = path.join(import.meta.dirname, 'start.mjs')
    const server = spawn(process.execPath, [start, '--data', data, '--port', '0'], { stdio: 'pipe' })
    let url: string | undefined
    for await (const line of createInterface(server.stdout)) {
      url = /http:[\d./:]+/.exec(line)?.[0]
      if (url !== undefined) break
    }
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' })
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])

    const main = await bundledMain()
    const ddb = (command: string, input = '') =>
      execFileSync(process.execPath, [main, command, '--data', data], { encoding: 'utf8', input })
    ddb('sql', 'CREATE tree:oak SET rings = 3')
    expect(ddb('verify')).toContain('(commit 1)')
  })

  test('is found again as long as the sources stay', async () => {
    expect(await bundledMain()).toBe(await bundledMain())
  })
})

test('the fingerprint changes with a source and not with a test', () => {
  const packages = path.join(folder, 'packages')
  const source = path.join(packages, 'some/src')
  mkdirSync(source, { recursive: true })
  const write = (name: string, seconds: number) => {
    writeFileSync(path.join(source, name), 'x')
    utimesSync(path.join(source, name), seconds, seconds)
  }
  write('a.ts', 1)
  const before = fingerprintOf(packages)
  write('a.test.ts', 1)
  expect(fingerprintOf(packages)).toBe(before)
  write('a.ts', 2)
  expect(fingerprintOf(packages)).not.toBe(before)
})
