/** Keys that no database makes, put there by hand: each is a finding, and none ends the verification. */

import { expect, test } from 'vitest'
import { isKey } from '../ledger/key-space.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from './verify-store.ts'

const note = recordOf('note')
const tails = [[], [0xff], [0xff, 1, 2], [0], [0, 0xff], [0, 0xf7, 1], [1], [1, 0xff], [5, 5, 0xff]]

test.each([...'LMEVFWYTRHIXCBGKQNZ'])('of kind %s', async (letter) => {
  for (const tail of tails) {
    const key = Buffer.from([letter.charCodeAt(0), ...tail])
    // What stands for a request or a client may be any bytes, and such marks follow from nothing else.
    if ('WYBGKQN'.includes(letter) && isKey(key)) continue
    const store = openMemoryStore()
    const core = await openTestCore(store)
    await core.write(async (tx) => {
      await tx.defineIndex({ name: 'a', table: 'note', fields: [['a']], unique: false })
      await tx.put(note(1), { a: 1 })
    })
    await core.write((tx) => tx.put(note(1), { a: 2 }))
    await store.commit([{ type: 'put', key, value: Buffer.from([1, 2]) }])
    const { findings } = await verifyStore(store)
    expect(findings.length, `of ${key.toString('hex')}`).toBeGreaterThan(0)
  }
})
