import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { contentOf, expectCode, getText, put } from '../testing/store-fixture.ts'
import { settledAfterMs } from './early-ends.ts'
import { openLevelStore } from './level-store.ts'
import { withFolder } from './testing/folder-fixture.ts'

const storeModule = pathToFileURL(join(import.meta.dirname, 'level-store.ts')).href

/** Opens a store in another process and gives the code of the error, or `opened`. */
function openElsewhere(path: string, user?: number): string {
  const script = `
    import { openLevelStore } from ${JSON.stringify(storeModule)}
    const opening = openLevelStore({ path: ${JSON.stringify(path)} })
    process.stdout.write(await opening.then(() => 'opened', (error) => String(error.code)))
    process.exit()`
  const as = user === undefined ? {} : { uid: user, gid: user }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    ...as,
    cwd: '/',
  })
  return stdout.toString() || stderr.toString()
}

/** The same in another thread. */
async function openInThread(path: string): Promise<string> {
  const script = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(storeModule)})
      .then(({ openLevelStore }) => openLevelStore({ path: ${JSON.stringify(path)} }))
      .then((store) => store.close())
      .then(() => 'opened', (error) => String(error.code ?? error))
      .then((outcome) => parentPort.postMessage(outcome))`
  const worker = new Worker(script, { eval: true })
  const [outcome] = await once(worker, 'message')
  await once(worker, 'exit')
  return outcome
}

describe('a folder', () => {
  test('is made when it is missing, with those above it', () =>
    withFolder(async (folder) => {
      const store = await openLevelStore({ path: join(folder, 'a', 'b') })
      await store.close()
      expect((await stat(join(folder, 'a', 'b'))).isDirectory()).toBe(true)
    }))

  test('that is a file, or lies below one, is refused', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'file')
      await writeFile(file, 'kept')
      await expectCode('STORAGE_FOLDER', () => openLevelStore({ path: file }))
      await expectCode('STORAGE_FOLDER', () => openLevelStore({ path: join(file, 'below') }))
      expect(await readFile(file, 'utf8')).toBe('kept')
    }))

  test.skipIf(process.platform === 'win32')('that this user may not write to is refused', () =>
    withFolder(async (folder) => {
      const isRoot = process.getuid?.() === 0
      await chmod(folder, 0o755)
      await mkdir(join(folder, 'closed'), { mode: 0o555 })
      const path = join(folder, 'closed')
      // Root may write anywhere, so that nobody has to try it.
      const nobody = 65_534
      expect(openElsewhere(path, isRoot ? nobody : undefined)).toBe('STORAGE_FOLDER')
      expect(openElsewhere(join(path, 'below'), isRoot ? nobody : undefined)).toBe('STORAGE_FOLDER')
    }),
  )

  test('can be opened once at a time: here, under another name, by another thread or process', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'store')
      await symlinkTo(path, join(folder, 'alias'))
      const store = await openLevelStore({ path })
      await store.commit([put('a', '1')])
      await expectCode('STORAGE_LOCKED', () => openLevelStore({ path }))
      await expectCode('STORAGE_LOCKED', () => openLevelStore({ path: join(folder, 'alias') }))
      expect(await openInThread(path)).toBe('STORAGE_LOCKED')
      expect(await openInThread(join(folder, 'alias'))).toBe('STORAGE_LOCKED')
      expect(openElsewhere(path)).toBe('STORAGE_LOCKED')
      expect(await getText(store, 'a')).toBe('1')
      await store.close()
      expect(await openInThread(path)).toBe('opened')
      expect(openElsewhere(path)).toBe('opened')
    }))

  test('without CURRENT but with files of a store is damaged, not empty', () =>
    withFolder(async (path) => {
      const store = await openLevelStore({ path })
      await store.commit([put('a', '1')])
      await store.close()
      const current = await readFile(join(path, 'CURRENT'))
      await rm(join(path, 'CURRENT'))
      const before = await readdir(path)
      await expectCode('STORAGE_CORRUPT', () => openLevelStore({ path }))
      expect(await readdir(path)).toEqual(before)
      await writeFile(join(path, 'CURRENT'), current)
      const restored = await openLevelStore({ path })
      expect(await contentOf(restored)).toEqual(['a=1'])
      await restored.close()
    }))
})

describe('the log', () => {
  test('is replayed up to a hole that a power cut left, and not behind it', () =>
    withFolder(async (path) => {
      const store = await openLevelStore({ path })
      for (const key of ['a', 'b', 'c'])
        await store.commit([put(key, key.repeat(20_000))], { durable: false })
      await store.close()
      const [log = ''] = (await readdir(path)).filter((name) => name.endsWith('.log'))
      const bytes = await readFile(join(path, log))
      const secondBegins = bytes.indexOf('bbbb') - 25
      expect(bytes.readUInt16LE(secondBegins + 4)).toBe(32 * 1024 - secondBegins - 7)
      bytes.fill(0, secondBegins, 32 * 1024)
      await writeFile(join(path, log), bytes)
      const reopened = await openLevelStore({ path })
      expect(await contentOf(reopened, { values: false })).toEqual(['a='])
      await reopened.close()
    }))

  test('is short after closing, so that the next start has little to replay', () =>
    withFolder(async (path) => {
      const store = await openLevelStore({ path })
      await store.commit([put('a', Buffer.alloc(3 * 1024 * 1024, 'abc'))])
      await store.close()
      const [log = ''] = (await readdir(path)).filter((name) => name.endsWith('.log'))
      expect((await stat(join(path, log))).size).toBeLessThan(1_000)
    }))
})

describe('the count of openings that ended early', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('goes up with each opening and away with a clean close', () =>
    withFolder(async (path) => {
      const opened = join(path, 'OPENED')
      await writeFile(opened, '1')
      const store = await openLevelStore({ path })
      expect(await readFile(opened, 'utf8')).toBe('2')
      await store.close()
      expect(await readdir(path)).not.toContain('OPENED')
    }))

  test('goes away when the store has been open for a minute', () =>
    withFolder(async (path) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const store = await openLevelStore({ path })
      vi.advanceTimersByTime(settledAfterMs - 1)
      expect(await readdir(path)).toContain('OPENED')
      vi.advanceTimersByTime(1)
      expect(await readdir(path)).not.toContain('OPENED')
      vi.useRealTimers()
      await store.close()
    }))

  test('does not keep a sound store from opening, however high it is', () =>
    withFolder(async (path) => {
      await (await openLevelStore({ path })).close()
      for (const text of ['2', '1000', 'nonsense', '']) {
        await writeFile(join(path, 'OPENED'), text)
        await (await openLevelStore({ path })).close()
      }
    }))
})

/** Windows calls a link to a folder a junction. */
async function symlinkTo(path: string, alias: string): Promise<void> {
  await mkdir(path)
  await symlink(path, alias, 'junction')
}
