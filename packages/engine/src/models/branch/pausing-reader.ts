/**
 * A reader that lets others have their turn: it asks before every chunk of a scan.
 * Why: with a store whose reads are sync, a walk over a long history is one stretch of work, however many
 * promises it makes, and whoever waits for its end could not be told that it takes too long.
 */

import type { KvReader } from '../../ledger/overlay.ts'

/** A promise to wait for when it is others' turn. Throws when the work is to end. */
export type Pause = () => Promise<void> | undefined

export function pausingReader(reader: KvReader, pause: Pause): KvReader {
  return {
    get: (key) => reader.get(key),
    getMany: (keys) => reader.getMany(keys),
    async *scan(range, options) {
      await pause()
      for await (const chunk of reader.scan(range, options)) {
        yield chunk
        await pause()
      }
    },
  }
}
