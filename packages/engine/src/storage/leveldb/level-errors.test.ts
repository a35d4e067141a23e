import { expect, test } from 'vitest'
import { storageErrors } from '../storage-errors.ts'
import { damaged, openError, readError, writeError } from './level-errors.ts'

function levelError(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

/** As abstract-level wraps it. */
function notOpened(message: string, code?: string): Error {
  return Object.assign(new Error('Database failed to open', { cause: levelError(message, code) }), {
    code: 'LEVEL_DATABASE_NOT_OPEN',
  })
}

test.each([
  ['IO error: lock /d/LOCK: Resource temporarily unavailable', 'LEVEL_LOCKED', 'STORAGE_LOCKED'],
  ['IO error: /d/LOCK: Permission denied', 'LEVEL_IO_ERROR', 'STORAGE_FOLDER'],
  ['IO error: /d/LOCK: Read-only file system', 'LEVEL_IO_ERROR', 'STORAGE_FOLDER'],
  ['IO error: C:\\d\\LOCK: Access is denied.', 'LEVEL_IO_ERROR', 'STORAGE_FOLDER'],
  ['IO error: /d/000004.dbtmp: No space left on device', 'LEVEL_IO_ERROR', 'STORAGE_FULL'],
  ['IO error: /d/000004.log: Too many open files', 'LEVEL_IO_ERROR', 'STORAGE_IO'],
  ['Corruption: 1 missing files; e.g.: /d/000005.ldb', 'LEVEL_CORRUPTION', 'STORAGE_CORRUPT'],
  ['Invalid argument: leveldb.BytewiseComparator: does not match', undefined, 'STORAGE_CORRUPT'],
])('opening: %s', (message, code, expected) => {
  const cause = notOpened(message, code)
  expect(openError('/d', cause)).toMatchObject({ code: expected, cause })
})

test.each([
  ["EACCES: permission denied, mkdir '/d'", 'EACCES', 'STORAGE_FOLDER'],
  ["ENOTDIR: not a directory, mkdir '/f/d'", 'ENOTDIR', 'STORAGE_FOLDER'],
  ["EEXIST: file already exists, mkdir '/f'", 'EEXIST', 'STORAGE_FOLDER'],
  ["EROFS: read-only file system, mkdir '/d'", 'EROFS', 'STORAGE_FOLDER'],
  ["ENOSPC: no space left on device, mkdir '/d'", 'ENOSPC', 'STORAGE_FULL'],
  ['EIO: i/o error, read', 'EIO', 'STORAGE_IO'],
])('making the folder: %s', (message, code, expected) => {
  expect(openError('/d', levelError(message, code)).code).toBe(expected)
})

test('an error that has a code of ours keeps it', () => {
  const error = storageErrors.FORMAT_TOO_NEW({ path: '/d', found: 2, supported: 1 })
  expect(openError('/d', error)).toBe(error)
})

test.each([
  ['IO error: /d/000003.log: No space left on device', 'LEVEL_IO_ERROR', 'STORAGE_FULL'],
  ['IO error: /d/000003.log: Disk quota exceeded', 'LEVEL_IO_ERROR', 'STORAGE_FULL'],
  ['IO error: C:\\d\\000003.log: There is not enough space on the disk.', 'LEVEL_IO_ERROR', 'STORAGE_FULL'],
  ['IO error: /d/000003.log: Input/output error', 'LEVEL_IO_ERROR', 'STORAGE_IO'],
  ['Corruption: corrupted compressed block contents', 'LEVEL_CORRUPTION', 'STORAGE_CORRUPT'],
])('writing: %s', (message, code, expected) => {
  const cause = levelError(message, code)
  expect(writeError('/d', cause)).toMatchObject({ code: expected, cause })
})

test.each([
  ['Corruption: bad block type', 'LEVEL_CORRUPTION', 'STORAGE_CORRUPT'],
  ['IO error: /d/000005.ldb: Invalid argument', undefined, 'STORAGE_CORRUPT'],
  ['IO error: /d/000005.ldb: No such file or directory', undefined, 'STORAGE_CORRUPT'],
  ['IO error: /d/000005.ldb: Input/output error', undefined, 'STORAGE_IO'],
])('reading: %s', (message, code, expected) => {
  expect(readError('/d', levelError(message, code), Buffer.from([0xab])).code).toBe(expected)
})

test('damage names the key in hex, where there is one', () => {
  const named = damaged('its checksum does not match', Buffer.from([0x00, 0xab, 0xff]))
  expect(named.details.key).toBe('00abff')
  expect(named.message).toContain('00abff')
  expect(damaged('bad block type').details).not.toHaveProperty('key')
})
