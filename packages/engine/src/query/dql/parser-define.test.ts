import { Duration } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { parseDql } from './parse-dql.ts'
import { withoutSpans } from './tree.fixture.ts'

const field = (name: string) => ({ kind: 'idiom', parts: [{ kind: 'field', name }] })
const value = (v: unknown) => ({ kind: 'literal', value: v })
const scalar = (name: string) => ({ kind: 'scalar_type', name })
const path = (...steps: readonly (string | { readonly each: true })[]) => ({ kind: 'field_path', steps })

function only(text: string): unknown {
  return withoutSpans(parseDql(text)[0])
}

function typeOf(text: string): unknown {
  const statement = parseDql(`DEFINE FIELD f ON t TYPE ${text}`)[0]
  return withoutSpans(statement?.kind === 'define_field' ? statement.type : undefined)
}

test('DEFINE TABLE', () => {
  expect(only('DEFINE TABLE a')).toEqual({ kind: 'define_table', name: 'a', ifExists: 'error', drop: false })
  expect(
    only(
      `DEFINE TABLE IF NOT EXISTS a COMMENT 'x' PERMISSIONS FOR select, create WHERE b FOR delete NONE
       SCHEMAFULL DROP TYPE RELATION IN c|d OUT e ENFORCED CHANGEFEED 1d INCLUDE ORIGINAL`,
    ),
  ).toEqual({
    kind: 'define_table',
    name: 'a',
    ifExists: 'skip',
    drop: true,
    schema: 'schemafull',
    type: { type: 'relation', from: ['c', 'd'], to: ['e'], enforced: true },
    permissions: {
      select: { type: 'where', where: field('b') },
      create: { type: 'where', where: field('b') },
      delete: { type: 'none' },
    },
    changefeed: { retention: value(Duration.parse('1d')), includeOriginal: true },
    comment: 'x',
  })
  expect(only('DEFINE TABLE OVERWRITE a MIXED')).toMatchObject({
    ifExists: 'overwrite',
    schema: 'schemamixed',
  })
  expect(only('DEFINE TABLE a SCHEMAMIXED')).toMatchObject({ schema: 'schemamixed' })
  expect(only('DEFINE TABLE a PERMISSIONS FULL')).toMatchObject({
    permissions: {
      select: { type: 'full' },
      create: { type: 'full' },
      update: { type: 'full' },
      delete: { type: 'full' },
    },
  })
  expect(only('DEFINE TABLE a AS SELECT * FROM b')).toMatchObject({ as: { kind: 'select' } })
})

test('DEFINE FIELD', () => {
  expect(only('DEFINE FIELD a.b ON TABLE c')).toEqual({
    kind: 'define_field',
    path: path('a', 'b'),
    table: 'c',
    ifExists: 'error',
    flexible: false,
    readonly: false,
  })
  expect(
    only(
      'DEFINE FIELD a ON b FLEXIBLE TYPE object DEFAULT ALWAYS {} READONLY VALUE $value ASSERT c COMPUTED d',
    ),
  ).toMatchObject({
    flexible: true,
    readonly: true,
    type: scalar('object'),
    default: { always: true, value: { kind: 'object' } },
    value: { kind: 'param' },
    assert: field('c'),
    computed: field('d'),
  })
})

test.each([
  ['tags.*', ['tags', { each: true }]],
  ['tags[*]', ['tags', { each: true }]],
  ['address.city', ['address', 'city']],
  ['a.*.b[*].c', ['a', { each: true }, 'b', { each: true }, 'c']],
  ['⟨a b⟩.select', ['a b', 'select']],
] as const)('paths of definitions: %s', (text, steps) => {
  expect(only(`DEFINE INDEX i ON t FIELDS ${text}`)).toMatchObject({ fields: [path(...steps)] })
  expect(only(`REMOVE FIELD ${text} ON t`)).toMatchObject({ subject: { path: path(...steps) } })
})

test('DEFINE INDEX', () => {
  expect(only('DEFINE INDEX i ON t FIELDS a, b UNIQUE CONCURRENTLY COMMENT "x"')).toEqual({
    kind: 'define_index',
    name: 'i',
    ifExists: 'error',
    table: 't',
    fields: [path('a'), path('b')],
    index: { type: 'unique' },
    concurrently: true,
    comment: 'x',
  })
  expect(only('DEFINE INDEX i ON t COUNT')).toMatchObject({ fields: [], index: { type: 'count' } })
  expect(only('DEFINE INDEX i ON t COLUMNS a')).toMatchObject({ index: { type: 'normal' } })
  expect(
    only('DEFINE INDEX i ON t FIELDS a HNSW DIMENSION 3 DIST DOT TYPE f32 EFC 4 M 5 M0 6'),
  ).toMatchObject({
    index: {
      type: 'hnsw',
      dimension: 3,
      distance: { metric: 'dot' },
      vectorType: 'f32',
      efc: 4,
      m: 5,
      m0: 6,
    },
  })
  expect(only('DEFINE INDEX i ON t FIELDS a FULLTEXT ANALYZER e BM25(1.2,0.75) HIGHLIGHTS')).toMatchObject({
    index: { type: 'fulltext', analyzer: 'e', bm25: { k1: 1.2, b: 0.75 }, highlights: true },
  })
  expect(only('DEFINE INDEX i ON t FIELDS a SEARCH BM25')).toMatchObject({
    index: { type: 'fulltext', bm25: 'default', highlights: false },
  })
})

test('the other definitions', () => {
  expect(only('DEFINE NAMESPACE a')).toEqual({ kind: 'define_namespace', name: 'a', ifExists: 'error' })
  expect(only("DEFINE DB OVERWRITE a COMMENT 'x'")).toEqual({
    kind: 'define_database',
    name: 'a',
    ifExists: 'overwrite',
    comment: 'x',
  })
  expect(only("DEFINE DATABASE a COMMENT 'x' HASH SHA512")).toEqual({
    kind: 'define_database',
    name: 'a',
    ifExists: 'error',
    hash: 'sha512',
    comment: 'x',
  })
  expect(only('DEFINE DATABASE a HASH blake2b')).toMatchObject({ hash: 'blake2b' })
  expect(only('DEFINE PARAM $a VALUE 1 PERMISSIONS NONE')).toMatchObject({
    name: 'a',
    value: value(1),
    permission: { type: 'none' },
  })
  expect(only('DEFINE FUNCTION fn::a::B($x: int, $y) -> int { $x }')).toMatchObject({
    name: 'a::B',
    params: [{ name: 'x', type: scalar('int') }, { name: 'y' }],
    returns: scalar('int'),
    body: { kind: 'block' },
  })
  expect(only('DEFINE EVENT a ON b WHEN c THEN { d }, (CREATE e)')).toMatchObject({
    name: 'a',
    table: 'b',
    when: field('c'),
    actions: [{ kind: 'block' }, { kind: 'subquery' }],
  })
  expect(
    only(
      "DEFINE ANALYZER a TOKENIZERS blank, CLASS FILTERS ASCII, snowball(English), ngram(1,3), mapper('f')",
    ),
  ).toMatchObject({
    tokenizers: ['blank', 'class'],
    filters: [
      { type: 'ascii' },
      { type: 'snowball', language: 'english' },
      { type: 'ngram', min: 1, max: 3 },
      { type: 'mapper', path: 'f' },
    ],
  })
})

test.each([
  ['REMOVE TABLE a', { type: 'table', name: 'a' }],
  ['REMOVE FIELD a.b ON c', { type: 'field', path: path('a', 'b'), table: 'c' }],
  ['REMOVE INDEX a ON TABLE b', { type: 'index', name: 'a', table: 'b' }],
  ['REMOVE EVENT a ON b', { type: 'event', name: 'a', table: 'b' }],
  ['REMOVE PARAM $a', { type: 'param', name: 'a' }],
  ['REMOVE FUNCTION fn::a', { type: 'function', name: 'a' }],
  ['REMOVE ANALYZER a', { type: 'analyzer', name: 'a' }],
  ['REMOVE NS a', { type: 'namespace', name: 'a' }],
  ['REMOVE DATABASE a', { type: 'database', name: 'a' }],
])('%s', (text, subject) => {
  expect(only(text)).toEqual({ kind: 'remove', subject, ifExists: false })
  expect(only(text.replace(/^REMOVE \w+/, '$& IF EXISTS'))).toEqual({
    kind: 'remove',
    subject,
    ifExists: true,
  })
})

test('REBUILD INDEX', () => {
  expect(only('REBUILD INDEX IF EXISTS a ON b')).toEqual({
    kind: 'rebuild_index',
    name: 'a',
    table: 'b',
    ifExists: true,
    concurrently: false,
  })
})

test('words of the clauses are names where names stand', () => {
  expect(only('DEFINE TABLE if')).toMatchObject({ name: 'if', ifExists: 'error' })
  expect(only('DEFINE TABLE overwrite')).toMatchObject({ name: 'overwrite', ifExists: 'error' })
  expect(only('DEFINE FIELD type ON TABLE table TYPE int')).toMatchObject({
    path: path('type'),
    table: 'table',
  })
  expect(only('DEFINE FIELD a ON table')).toMatchObject({ table: 'table' })
})

test.each([
  ['any', scalar('any')],
  ['INT', scalar('int')],
  ['record', { kind: 'record_type' }],
  ['record<a|b>', { kind: 'record_type', tables: ['a', 'b'] }],
  ['array', { kind: 'array_type' }],
  ['array<int, 5>', { kind: 'array_type', item: scalar('int'), length: 5 }],
  ['set<string>', { kind: 'set_type', item: scalar('string') }],
  ['option<int>', { kind: 'option_type', inner: scalar('int') }],
  ['geometry', { kind: 'geometry_type' }],
  ['geometry<point|line>', { kind: 'geometry_type', shapes: ['point', 'line'] }],
  ['vector', { kind: 'vector_type' }],
  ['vector<3>', { kind: 'vector_type', dimension: 3 }],
  ['vector(3)', { kind: 'vector_type', dimension: 3 }],
  ["'x'", { kind: 'literal_type', value: 'x' }],
  ['-5', { kind: 'literal_type', value: -5 }],
  ['true', { kind: 'literal_type', value: true }],
  ['int | string | none', { kind: 'union_type', members: [scalar('int'), scalar('string'), scalar('none')] }],
  ['array<array<int>>', { kind: 'array_type', item: { kind: 'array_type', item: scalar('int') } }],
  [
    '{ a: int, b: string, }',
    {
      kind: 'object_type',
      fields: [
        { key: 'a', type: scalar('int') },
        { key: 'b', type: scalar('string') },
      ],
    },
  ],
  ['[int, string]', { kind: 'tuple_type', items: [scalar('int'), scalar('string')] }],
])('type %s', (text, expected) => {
  expect(typeOf(text)).toEqual(expected)
})
