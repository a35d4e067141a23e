import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { bundledTestPrograms } from '../start/bundle.mjs'
import { programFile } from './program-file.ts'

test('a program that is listed runs from its bundle, any other from its source', async () => {
  const bundles = Object.entries(await bundledTestPrograms())
  expect(bundles.length).toBeGreaterThan(10)
  for (const [source, bundle] of bundles) {
    expect(existsSync(new URL(source)), source).toBe(true)
    expect(programFile(new URL(source))).toBe(fileURLToPath(bundle))
    expect(existsSync(new URL(bundle)), bundle).toBe(true)
  }
  expect(programFile(new URL(import.meta.url))).toBe(import.meta.filename)
})

test('a thread that is started by its source runs from its bundle', async () => {
  const source = new URL('../../packages/engine/src/storage/leveldb/level-reader.ts', import.meta.url)
  const script = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(source)}).then(({ openReader }) => openReader({ folder: '/nowhere' })).catch((error) => {
      parentPort.postMessage(error.stack)
    })`
  const worker = new Worker(script, { eval: true })
  const stack = await new Promise((resolve) => worker.once('message', resolve))
  await worker.terminate()
  expect(stack).toContain('/node_modules/.cache/dendrodb/tests-')
  expect(stack).not.toContain('.ts:')
})
