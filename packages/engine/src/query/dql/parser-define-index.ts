/** DEFINE INDEX: ordinary, UNIQUE, COUNT, vectors (HNSW) and full text. */

import type { DefineIndexStatement, FulltextIndexNode, HnswIndexNode, IndexTypeNode } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseComment, parseIfNotExists } from './parser-define-parts.ts'
import { parseDistance } from './parser-distance.ts'
import { parseFieldPath } from './parser-name.ts'
import { parseOnTable } from './parser-session.ts'

export function parseDefineIndex(p: Parser, start: number): DefineIndexStatement {
  const ifExists = parseIfNotExists(p)
  const name = p.name('an index name')
  const table = parseOnTable(p)
  const hasFields = p.eatKeyword('FIELDS') || p.eatKeyword('COLUMNS')
  const fields = hasFields ? p.list(parseFieldPath) : []
  const index = hasFields ? (parseIndexType(p) ?? { type: 'normal' }) : parseCount(p)
  const node: Mutable<DefineIndexStatement> = {
    kind: 'define_index',
    name,
    ifExists,
    table,
    fields,
    index,
    concurrently: false,
    span: p.span(start),
  }
  for (;;) {
    if (!node.concurrently && p.eatKeyword('CONCURRENTLY')) node.concurrently = true
    else if (!parseComment(p, node)) break
  }
  node.span = p.span(start)
  return node
}

function parseCount(p: Parser): IndexTypeNode {
  p.expectKeyword('COUNT')
  return { type: 'count' }
}

function parseIndexType(p: Parser): IndexTypeNode | undefined {
  if (p.eatKeyword('UNIQUE')) return { type: 'unique' }
  if (p.eatKeyword('HNSW')) return parseHnsw(p)
  // SEARCH is what FULLTEXT was called before SurrealQL 3.
  if (p.eatKeyword('FULLTEXT') || p.eatKeyword('SEARCH')) return parseFulltext(p)
  return p.atKeyword('COUNT') ? parseCount(p) : undefined
}

const vectorTypes = ['f64', 'f32', 'i64', 'i32', 'i16'] as const

/** `HNSW DIMENSION 768 DIST COSINE TYPE F32 EFC 128 M 16 M0 32`. */
function parseHnsw(p: Parser): HnswIndexNode {
  p.expectKeyword('DIMENSION')
  const node: Mutable<HnswIndexNode> = { type: 'hnsw', dimension: p.integer('a number of dimensions') }
  for (;;) {
    if (node.distance === undefined && p.eatKeyword('DIST')) node.distance = parseDistance(p)
    else if (node.vectorType === undefined && p.eatKeyword('TYPE')) node.vectorType = parseVectorType(p)
    else if (node.efc === undefined && p.eatKeyword('EFC')) node.efc = p.integer('a beam width')
    else if (node.m === undefined && p.eatKeyword('M')) node.m = p.integer('a number of neighbours')
    else if (node.m0 === undefined && p.eatKeyword('M0')) node.m0 = p.integer('a number of neighbours')
    else return node
  }
}

function parseVectorType(p: Parser): (typeof vectorTypes)[number] {
  const name = p.token.text.toLowerCase()
  const type = p.token.type === 'word' ? vectorTypes.find((each) => each === name) : undefined
  if (type === undefined) throw p.unexpected('a vector type such as F32')
  p.advance()
  return type
}

/** `FULLTEXT ANALYZER english BM25(1.2, 0.75) HIGHLIGHTS`. */
function parseFulltext(p: Parser): FulltextIndexNode {
  const node: Mutable<FulltextIndexNode> = { type: 'fulltext', highlights: false }
  for (;;) {
    if (node.analyzer === undefined && p.eatKeyword('ANALYZER')) node.analyzer = p.name('an analyzer name')
    else if (node.bm25 === undefined && p.eatKeyword('BM25')) node.bm25 = parseBm25(p)
    else if (!node.highlights && p.eatKeyword('HIGHLIGHTS')) node.highlights = true
    else return node
  }
}

function parseBm25(p: Parser): { readonly k1: number; readonly b: number } | 'default' {
  const isClosed = p.eat('(')
  if (!isClosed && p.token.type !== 'number') return 'default'
  const k1 = parseConstant(p)
  p.expect(',')
  const b = parseConstant(p)
  if (isClosed) p.expect(')')
  return { k1, b }
}

function parseConstant(p: Parser): number {
  const isNumber = p.token.type === 'number' && /^\d+(\.\d+)?$/.test(p.token.text)
  if (!isNumber) throw p.unexpected('a number')
  return Number(p.advance().text)
}
