import { expect, test } from 'vitest'
import { encodeLog, maskedCrc32c, readLog } from './log-file.ts'

const blockBytes = 32 * 1024
const headerBytes = 7

function fragment(type: number, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(headerBytes + data.length)
  bytes.writeUInt16LE(data.length, 4)
  bytes[6] = type
  bytes.set(data, headerBytes)
  bytes.writeUInt32LE(maskedCrc32c(bytes, 6, bytes.length), 0)
  return bytes
}

/** Writes records as the format says: as much of each as the block still has room for. */
function logOf(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  const add = (part: Buffer) => {
    parts.push(part)
    at += part.length
  }
  for (const record of records) {
    let rest = record
    for (let isFirst = true, isLast = false; !isLast; isFirst = false) {
      let room = blockBytes - (at % blockBytes)
      if (room < headerBytes) {
        add(Buffer.alloc(room))
        room = blockBytes
      }
      const data = rest.subarray(0, room - headerBytes)
      rest = rest.subarray(data.length)
      isLast = rest.length === 0
      add(fragment(isFirst ? (isLast ? 1 : 2) : isLast ? 4 : 3, data))
    }
  }
  return Buffer.concat(parts)
}

function record(number: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, `record ${number} `)
}

function read(log: Buffer) {
  const records: Buffer[] = []
  const state = readLog(log, (each) => records.push(Buffer.from(each)))
  return { state, records }
}

function flipped(log: Buffer, bit: number): Buffer {
  const damaged = Buffer.from(log)
  damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
  return damaged
}

const small = [record(0, 5), record(1, 30), record(2, 0), record(3, 12)]

test('reads records of all sizes, around the ends of blocks too', () => {
  const sizes = [0, 1, 100, blockBytes, 3 * blockBytes, 17]
  for (let left = 0; left < 12; left += 1) sizes.push(blockBytes - 2 * headerBytes - left, left)
  const records = sizes.map((bytes, at) => record(at, bytes))
  expect(read(logOf(records))).toEqual({ state: { type: 'whole' }, records })
  expect(encodeLog(records)).toEqual(logOf(records))
  expect(read(Buffer.alloc(0))).toEqual({ state: { type: 'whole' }, records: [] })
})

test('a log cut anywhere is torn, and gives the records before the cut', () => {
  const log = logOf(small)
  const ends = small.map((_, at) => logOf(small.slice(0, at + 1)).length)
  for (let length = 0; length < log.length; length += 1) {
    const { state, records } = read(log.subarray(0, length))
    const whole = ends.filter((end) => end <= length).length
    expect(records).toEqual(small.slice(0, whole))
    expect(state.type).toBe(length === 0 || ends.includes(length) ? 'whole' : 'torn')
  }
})

test('a log cut in the middle of a record of many blocks is torn', () => {
  const log = logOf([record(0, 10), record(1, 3 * blockBytes)])
  for (const length of [1, 2, 3].map((block) => block * blockBytes)) {
    for (const cut of [length - 1, length, length + 1, length + headerBytes + 1]) {
      const { state, records } = read(log.subarray(0, cut))
      expect(state.type).toBe('torn')
      expect(records).toEqual([record(0, 10)])
    }
  }
})

test('a record that was cut is torn, whatever looks like records in its data', () => {
  const log = logOf([record(0, 10), Buffer.concat([record(1, 50), logOf(small), record(2, 50)])])
  const cut = log.subarray(0, log.length - 20)
  expect(cut.includes(logOf(small))).toBe(true)
  expect(read(cut)).toEqual({ state: { type: 'torn', offset: 17 }, records: [record(0, 10)] })
})

test('one flipped bit is damage wherever it is, in the last record too', () => {
  const log = logOf(small)
  for (let bit = 0; bit < log.length * 8; bit += 1) {
    const { state, records } = read(flipped(log, bit))
    expect(state.type, `bit ${bit}`).toBe('damaged')
    expect(records).toEqual(small.slice(0, records.length))
  }
})

test('one flipped bit is damage in a record of many blocks', () => {
  const log = logOf([record(0, 10), record(1, 2 * blockBytes + 500)])
  for (const at of [0, 4, 5, 6, 20, 24, 30, blockBytes, blockBytes + 6, blockBytes + 5_000, log.length - 1]) {
    expect(read(flipped(log, at * 8 + 3)).state.type, `byte ${at}`).toBe('damaged')
  }
})

test('garbage is damage where whole records come behind it, in its block or a later one', () => {
  const records = [record(0, 100), record(1, 100), record(2, 100)]
  const log = logOf(records)
  log.fill(0xa5, 107, 150)
  expect(read(log)).toEqual({ state: { type: 'damaged', offset: 107 }, records: records.slice(0, 1) })
  const long = logOf([record(0, blockBytes), record(1, blockBytes), record(2, 100)])
  long.fill(0xa5, blockBytes + 100, blockBytes + 200)
  expect(read(long).state.type).toBe('damaged')
})

test('garbage at the end is what a power cut leaves of a batch that was being written', () => {
  const log = logOf([record(0, 100), record(1, 100)])
  log.fill(0xa5, 150)
  expect(read(log)).toEqual({ state: { type: 'torn', offset: 107 }, records: [record(0, 100)] })
  const long = logOf([record(0, 100), record(1, 3 * blockBytes)])
  long.fill(0xa5, blockBytes, blockBytes + 4_096)
  expect(read(long).state.type).toBe('torn')
})

test('zeros are the end of a log, or a hole when whole records come behind them', () => {
  const log = logOf([record(0, 100), record(1, blockBytes), record(2, 100)])
  const end = 107
  expect(read(Buffer.concat([log.subarray(0, end), Buffer.alloc(5_000)])).state).toEqual({
    type: 'torn',
    offset: end,
  })
  log.fill(0, end, blockBytes)
  expect(read(log).state).toEqual({ type: 'hole', offset: end })
  expect(read(log.subarray(0, end)).state).toEqual({ type: 'whole' })
})

test('fragments that do not belong together are no record', () => {
  const [start, middle, end, whole] = [2, 3, 4, 1].map((type) => fragment(type, record(type, 20))) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ]
  for (const parts of [[middle], [end], [start, whole], [start, start, end], [start, middle, whole]]) {
    const { state, records } = read(Buffer.concat(parts))
    expect(state.type).not.toBe('whole')
    expect(records).toEqual([])
  }
})
