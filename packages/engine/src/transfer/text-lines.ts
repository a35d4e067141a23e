/**
 * Lines of JSON, to bytes and back.
 */

import { DbError, toDbError } from '@dendrodb/protocol'
import { lineBytesMax, textChunkBytes } from './limits.ts'
import { transferErrors } from './transfer-errors.ts'

export type ByteStream = AsyncIterable<Uint8Array>

/** Chunks of text of a handy size, of lines without their ends. */
export async function* toText(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = ''
  for await (const line of lines) {
    text += `${line}\n`
    if (text.length < textChunkBytes) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
}

const lineFeed = 0x0a

/** Lines that are not blank. @throws TRANSFER_LINE where one is too long or no UTF-8 */
export async function* readLines(file: string, stream: ByteStream): AsyncGenerator<Line> {
  let pieces: Buffer[] = []
  let bytes = 0
  let number = 0
  const take = (last: Buffer): Line | undefined => {
    number += 1
    const line = { number, text: decode(file, number, Buffer.concat([...pieces, last])) }
    pieces = []
    bytes = 0
    return line.text === '' ? undefined : line
  }
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed)) {
      const line = take(rest.subarray(0, end))
      if (line !== undefined) yield line
      rest = rest.subarray(end + 1)
    }
    if (rest.length === 0) continue
    pieces.push(rest)
    bytes += rest.length
    if (bytes > lineBytesMax) {
      throw transferErrors.LINE({ file, line: number + 1, problem: `it has more than ${lineBytesMax} bytes` })
    }
  }
  const last = take(Buffer.alloc(0))
  if (last !== undefined) yield last
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(file: string, line: number, bytes: Buffer): string {
  try {
    return utf8.decode(bytes).trim()
  } catch (cause) {
    throw transferErrors.LINE({ file, line, problem: 'it is not UTF-8' }, { cause })
  }
}

/** The object that a line holds. @throws TRANSFER_LINE */
export function parseLine(file: string, line: Line): Readonly<Record<string, unknown>> {
  return lineProblem(file, line, () => {
    const parsed: unknown = JSON.parse(line.text)
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    if (!isObject) throw new SyntaxError('it is not an object')
    return parsed as Readonly<Record<string, unknown>>
  })
}

/** Whatever is wrong with what a line holds, the error names the line. @throws TRANSFER_LINE */
export function lineProblem<T>(file: string, { number }: Pick<Line, 'number'>, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const isOurs = cause instanceof DbError || cause instanceof SyntaxError
    const problem = isOurs ? cause.message : toDbError(cause).message
    throw transferErrors.LINE({ file, line: number, problem }, { cause })
  }
}
