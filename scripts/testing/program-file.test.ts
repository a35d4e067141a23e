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
    expect(existsSync(new URL(bundle)), bundle).toBe(true)
    expect(programFile(new URL(source))).toBe(fileURLToPath(bundle))
  }
  expect(programFile(new URL(import.meta.url))).toBe(import.meta.filename)
})

test('what a thread loads by the name of its source comes from the bundle', async () => {
  const reader = new URL('../../packages/engine/src/storage/leveldb/level-reader.ts', import.meta.url)
  const script = `
    import { parentPort } from 'node:worker_threads'
    import { openReader } from '${reader}'
    await openReader({ folder: '/nowhere' }).catch(({ stack }) => parentPort.postMessage(stack))`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
  const stack = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  expect(stack).toContain('/level-reader.js:')
})
