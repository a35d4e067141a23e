/**
 * The file with the data key of a sealed generation, `gen-000001.key` beside its folder: one line,
 *
 *   dendrodb-data-key 1 <id of the master key> <wrapped data key> <crc>
 *
 * Id and wrapped key are lower-case hex, crc is the CRC-32 of the text before it, 8 hex digits.
 * Why beside the folder and named after it: the key comes into force with the generation, by the same switch
 * of the pointer, and a generation is sealed if and only if it has one.
 * Invariant: it is written whole, and before anything that is sealed with the key.
 */

import { open, readFile, rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { keyFileOf, syncFolder } from '../generation.ts'
import { openError } from '../leveldb/level-errors.ts'
import { storageErrors } from '../storage-errors.ts'
import type { MasterKey } from './master-key.ts'

export const keyFormat = 1

export interface WrappedKey {
  /** Of the master key that it is wrapped with. */
  readonly masterKeyId: string
  readonly wrapped: Buffer
}

const linePattern = /^(dendrodb-data-key (\d{1,9}) ([0-9a-f]{16}) ([0-9a-f]{120})) ([0-9a-f]{8})\n$/
const formatPattern = /^dendrodb-data-key (\d{1,9}) /

/**
 * @param generation path of its folder
 * @returns `undefined` when the generation is not sealed
 * @throws STORAGE_CORRUPT, STORAGE_FORMAT_TOO_NEW, STORAGE_FOLDER, STORAGE_IO
 */
export async function readKeyFile(generation: string): Promise<WrappedKey | undefined> {
  const path = keyFileOf(generation)
  const text = await readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw openError(path, error)
  })
  if (text === undefined) return undefined
  const found = Number(formatPattern.exec(text)?.[1])
  if (found > keyFormat) throw storageErrors.FORMAT_TOO_NEW({ path, found, supported: keyFormat })
  const [, checked = '', , masterKeyId = '', hex = '', crc] = linePattern.exec(text) ?? []
  if (crc !== crcText(checked)) {
    throw storageErrors.CORRUPT({
      what: `the key file ${path}`,
      reason: 'its text is not one that was written',
    })
  }
  return { masterKeyId, wrapped: Buffer.from(hex, 'hex') }
}

/** The data key. @throws STORAGE_KEY_WRONG, STORAGE_CORRUPT */
export function unwrapDataKey(generation: string, key: WrappedKey, master: MasterKey): Buffer {
  if (key.masterKeyId !== master.id) {
    throw storageErrors.KEY_WRONG({ path: generation, expected: key.masterKeyId, given: master.id })
  }
  const dataKey = master.unwrap(key.wrapped, purposeOf(generation))
  if (dataKey === undefined) {
    const what = `the key file ${keyFileOf(generation)}`
    throw storageErrors.CORRUPT({ what, reason: 'the data key in it cannot be unwrapped' })
  }
  return dataKey
}

/**
 * Wraps the data key and writes the file, in place of the one that there may be.
 * @throws STORAGE_FULL, STORAGE_FOLDER, STORAGE_IO
 */
export async function writeKeyFile(
  generation: string,
  dataKey: Uint8Array,
  master: MasterKey,
): Promise<void> {
  const wrapped = master.wrap(dataKey, purposeOf(generation)).toString('hex')
  const checked = `dendrodb-data-key ${keyFormat} ${master.id} ${wrapped}`
  await replaceFile(keyFileOf(generation), `${checked} ${crcText(checked)}\n`).catch((error) => {
    throw openError(generation, error)
  })
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`
  const file = await open(temporary, 'w', 0o600)
  try {
    // The mode above counts only where the file was not there before.
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

function purposeOf(generation: string): string {
  return `dendrodb data key ${keyFormat} ${basename(generation)}`
}

function crcText(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
