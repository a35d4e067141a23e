import { compareExact, decodeCanonical, parseLiteral, type ValueObject } from '@dendrodb/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, rootToken, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.server.close())

function ask(query: string, accept: string): Promise<Response> {
  return fetch(`${server.url}/api/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rootToken}`, 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  })
}

/** A literal of DQL, and its text in JSON as docs/values.md has it. */
const values = [
  ['NONE', 'null'],
  ['NULL', 'null'],
  ['[NONE, NULL]', '[null,null]'],
  ['true', 'true'],
  ['42', '42'],
  ['9007199254740991', '9007199254740991'],
  ['9007199254740992', '"9007199254740992"'],
  ['-12345678901234567890123', '"-12345678901234567890123"'],
  ['1.5', '1.5'],
  ['1f', '1.0'],
  ['-0f', '-0.0'],
  ['1e300', '1e+300'],
  ['NaN', '"NaN"'],
  ['Infinity', '"Infinity"'],
  ['-Infinity', '"-Infinity"'],
  ['1.50dec', '"1.5"'],
  ["'a\"\\n🌳'", '"a\\"\\n🌳"'],
  ["b'c0ffee'", '"wP/u"'],
  ["d'2026-01-31T09:30:00.000000001Z'", '"2026-01-31T09:30:00.000000001Z"'],
  ['1h30m', '"1h30m"'],
  ["u'01234567-89ab-7def-8123-456789abcdef'", '"01234567-89ab-7def-8123-456789abcdef"'],
  ['user:alice', '"user:alice"'],
  ["weather:['London', 1]", '"weather:[\'London\', 1]"'],
  ['user:⟨a b⟩', '"user:⟨a b⟩"'],
  ['{2, 1, 2}', '[1,2]'],
  ['{ a: NULL, b: NaN }', '{"a":null,"b":"NaN"}'],
  ['1..5', '"1..5"'],
  ["<geometry> { type: 'Point', coordinates: [4.9, 52.4] }", '{"type":"Point","coordinates":[4.9,52.4]}'],
  ['<vector> [0.5, 1]', '[0.5,1]'],
] as const

test.each(values)('%s travels as it should', async (literal, json) => {
  const query = `RETURN ${literal}`
  const text = await (await ask(query, 'application/json')).text()
  expect(/^\{"results":\[\{"status":"ok","result":(.*),"time_ms":[\d.]+\}\],/.exec(text)?.[1]).toBe(json)
  const cbor = decodeCanonical(await (await ask(query, 'application/cbor')).bytes()) as ValueObject
  const [result] = cbor.results as readonly ValueObject[]
  expect(Object.hasOwn(result ?? {}, 'result')).toBe(true)
  expect(compareExact(result?.result, parseLiteral(literal))).toBe(0)
})

test.each([
  ['*/*', 'json'],
  ['text/html, */*;q=0.1', 'json'],
  ['nonsense', 'json'],
  ['application/msgpack', 'json'],
  ['application/cbor', 'cbor'],
  ['Application/CBOR', 'cbor'],
  ['application/cbor, */*', 'cbor'],
  ['application/cbor, application/json;q=0.5', 'cbor'],
  ['application/json, application/cbor', 'cbor'],
  ['application/json, application/cbor;q=0.5', 'json'],
  ['application/cbor;q=0.5, */*', 'json'],
  ['application/cbor;q=0', 'json'],
  ['application/cbor;q=0.000', 'json'],
  ['application/cborx', 'json'],
  ['', 'json'],
])('who accepts %j gets %s', async (accept, type) => {
  const { headers } = await ask('RETURN 1', accept)
  expect(headers.get('content-type')).toMatch(`application/${type}`)
})

test('errors are JSON, whatever is accepted', async () => {
  const response = await ask('SELECT', 'application/cbor')
  expect([response.status, response.headers.get('content-type')]).toEqual([
    400,
    'application/json; charset=utf-8',
  ])
})
