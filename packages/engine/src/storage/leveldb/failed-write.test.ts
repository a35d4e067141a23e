import { expect, test } from 'vitest'
import type { KvOperation } from '../kv-store.ts'
import { storageErrors } from '../storage-errors.ts'
import { del, put } from '../testing/store-fixture.ts'
import { failedWrite, isTransient, undoFailed } from './failed-write.ts'
import { type Level, newestOptions, readValue } from './level-read.ts'
import { openLevel } from './open-level.ts'
import { withFolder } from './testing/folder-fixture.ts'
import { frameValue } from './value-frame.ts'

const ioError = Object.assign(new Error('IO error: 000003.log: Input/output error'), {
  code: 'LEVEL_IO_ERROR',
})

async function write(level: Level, operations: readonly KvOperation[]): Promise<void> {
  const batch = level.batch()
  for (const operation of operations) {
    const key = Buffer.from(operation.key)
    if (operation.type === 'delete') batch.del(key)
    else batch.put(key, frameValue(key, operation.value))
  }
  await batch.write()
}

function texts(level: Level, keys: string): (string | undefined)[] {
  return [...keys].map((key) => readValue(level, Buffer.from(key), newestOptions)?.toString())
}

/** An operating system may write a batch to the disk and report all the same that it could not (fsync). */
test('a failed batch that turns up after reopening is undone, over a restart too', () =>
  withFolder(async (path) => {
    let level = await openLevel({ path })
    await write(level, [put('a', 'old'), put('b', 'old'), put('c', 'old')])
    const batch = [put('a', 'new'), del('b'), put('d', 'new'), put('d', 'newer'), del('e'), put('c', 'old')]
    const failed = failedWrite(level, batch, ioError)
    expect(failed.error).toMatchObject({ code: 'STORAGE_IO', cause: ioError })

    await write(level, batch)
    await level.close()
    level = await openLevel({ path })
    expect(texts(level, 'abcde')).toEqual(['new', undefined, 'old', 'newer', undefined])
    await undoFailed(level, failed)
    expect(texts(level, 'abcde')).toEqual(['old', 'old', 'old', undefined, undefined])
    await level.close()

    level = await openLevel({ path })
    expect(texts(level, 'abcde')).toEqual(['old', 'old', 'old', undefined, undefined])
    await undoFailed(level, failed)
    expect(texts(level, 'abcde')).toEqual(['old', 'old', 'old', undefined, undefined])
    await level.close()
  }))

test('when it is not known what the batch would have replaced, there are no more writes', () =>
  withFolder(async (path) => {
    const level = await openLevel({ path })
    await level.close()
    const { error } = failedWrite(level, [put('a', '1')], ioError)
    expect(error.code).toBe('STORAGE_CORRUPT')
    expect(isTransient(error)).toBe(false)
  }))

test('only damage is there to stay', () => {
  expect(isTransient(storageErrors.FULL({ path: '/data' }))).toBe(true)
  expect(isTransient(storageErrors.IO({ path: '/data', reason: 'Input/output error' }))).toBe(true)
  expect(isTransient(storageErrors.CORRUPT({ what: 'a block', reason: 'its checksum' }))).toBe(false)
})
