import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeCanonical } from './cbor.ts'
import { formatHex } from './format-value.ts'
import { encodeExact } from './key-codec.ts'
import { KeyWriter } from './key-writer.ts'
import { parseLiteral } from './parse-literal.ts'

const page = readFileSync(new URL('../../../docs/formats/values.md', import.meta.url), 'utf8')
const [cborPart = '', keysPart = ''] = page.split('\n## Keys\n')

/** Rows of a literal and its bytes. */
function examples(part: string): readonly (readonly [string, string])[] {
  const rows = [...part.matchAll(/^\| `([^`]+)` \| `([0-9a-f ]+)` \|$/gm)]
  return rows.map(([, literal = '', hex = '']) => [literal, hex.replaceAll(' ', '')])
}

describe('docs/formats/values.md', () => {
  test('has examples of both encodings', () => {
    expect(examples(cborPart).length).toBeGreaterThan(5)
    expect(examples(keysPart).length).toBeGreaterThan(5)
  })

  test.each(examples(cborPart))('CBOR of %s', (literal, hex) => {
    expect(formatHex(encodeCanonical(parseLiteral(literal)))).toBe(hex)
  })

  test.each(examples(keysPart))('key of %s', (literal, hex) => {
    expect(formatHex(encodeExact(parseLiteral(literal)))).toBe(hex)
  })

  test('the index entry', () => {
    const writer = new KeyWriter().collation('london').collation(20).exact('01ARZ3NDEKTSV4RRFFQ69G5FAV')
    const shown = /```\n([0-9a-f |]+)\n```/.exec(keysPart)?.[1]
    expect(shown?.replace(/[ |]/g, '')).toBe(formatHex(writer.view()))
  })
})
