/** DEFINE … for everything but tables' fields and indexes, REMOVE …, REBUILD INDEX. */

import { type HashName, isHashName } from '@dendrodb/protocol'
import type {
  AnalyzerFilter,
  AnalyzerTokenizer,
  DefineAnalyzerStatement,
  DefineDatabaseStatement,
  DefineEventStatement,
  DefineFunctionStatement,
  DefineNamespaceStatement,
  DefineParamStatement,
  Expression,
  FunctionParam,
  RebuildIndexStatement,
  RemoveBranchStatement,
  RemoveSnapshotStatement,
  RemoveStatement,
  RemoveSubject,
  Statement,
} from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseDefineBranch, parseRemoveBranch } from './parser-branch.ts'
import { parseDefineIndex } from './parser-define-index.ts'
import { parseComment, parseIfExists, parseIfNotExists, parsePermission } from './parser-define-parts.ts'
import { parseDefineField, parseDefineTable } from './parser-define-table.ts'
import { parseDefineSnapshot, parseRemoveSnapshot } from './parser-history.ts'
import { functionName, parseFieldPath } from './parser-name.ts'
import { parseBlock } from './parser-object.ts'
import { parseOnTable } from './parser-session.ts'
import { parseType } from './parser-type.ts'

const definable = [
  'TABLE',
  'FIELD',
  'INDEX',
  'PARAM',
  'FUNCTION',
  'EVENT',
  'ANALYZER',
  'NAMESPACE',
  'NS',
  'DATABASE',
  'DB',
  'BRANCH',
  'SNAPSHOT',
] as const

export function parseDefine(p: Parser): Statement {
  const { start } = p.advance()
  switch (p.expectOneOf(definable)) {
    case 'TABLE':
      return parseDefineTable(p, start)
    case 'FIELD':
      return parseDefineField(p, start)
    case 'INDEX':
      return parseDefineIndex(p, start)
    case 'PARAM':
      return parseDefineParam(p, start)
    case 'FUNCTION':
      return parseDefineFunction(p, start)
    case 'EVENT':
      return parseDefineEvent(p, start)
    case 'ANALYZER':
      return parseDefineAnalyzer(p, start)
    case 'NAMESPACE':
    case 'NS':
      return parseDefineNamespace(p, start)
    case 'DATABASE':
    case 'DB':
      return parseDefineDatabase(p, start)
    case 'BRANCH':
      return parseDefineBranch(p, start)
    case 'SNAPSHOT':
      return parseDefineSnapshot(p, start)
  }
}

function parseDefineNamespace(p: Parser, start: number): DefineNamespaceStatement {
  const ifExists = parseIfNotExists(p)
  const name = p.name('a namespace name')
  const node: Mutable<Omit<DefineNamespaceStatement, 'kind' | 'span'>> = { name, ifExists }
  parseComment(p, node)
  return { kind: 'define_namespace', ...node, span: p.span(start) }
}

/** `DEFINE DATABASE shop HASH SHA512`. */
function parseDefineDatabase(p: Parser, start: number): DefineDatabaseStatement {
  const ifExists = parseIfNotExists(p)
  const name = p.name('a database name')
  const node: Mutable<Omit<DefineDatabaseStatement, 'kind' | 'span'>> = { name, ifExists }
  for (;;) {
    if (node.hash === undefined && p.eatKeyword('HASH')) node.hash = parseHashName(p)
    else if (!parseComment(p, node)) break
  }
  return { kind: 'define_database', ...node, span: p.span(start) }
}

function parseHashName(p: Parser): HashName {
  const name = p.token.text.toLowerCase()
  if (p.token.type !== 'word' || !isHashName(name)) throw p.unexpected('a hash function: blake2b or sha512')
  p.advance()
  return name
}

function parseDefineParam(p: Parser, start: number): DefineParamStatement {
  const ifExists = parseIfNotExists(p)
  const name = p.param()
  p.expectKeyword('VALUE')
  const value = p.grammar.expression(p)
  const node: Mutable<DefineParamStatement> = {
    kind: 'define_param',
    name,
    ifExists,
    value,
    span: p.span(start),
  }
  parsePermissionAndComment(p, node)
  node.span = p.span(start)
  return node
}

function parsePermissionAndComment(
  p: Parser,
  node: { permission?: DefineParamStatement['permission']; comment?: string },
): void {
  for (;;) {
    if (node.permission === undefined && p.eatKeyword('PERMISSIONS')) node.permission = parsePermission(p)
    else if (!parseComment(p, node)) return
  }
}

/** `DEFINE FUNCTION fn::greet($name: string) -> string { … }`. */
function parseDefineFunction(p: Parser, start: number): DefineFunctionStatement {
  const ifExists = parseIfNotExists(p)
  const name = functionName(p)
  p.expect('(')
  const params: FunctionParam[] = []
  while (!p.eat(')')) {
    params.push(parseFunctionParam(p))
    if (!p.eat(',') && !p.at(')')) throw p.unexpected()
  }
  const returns = p.eat('->') ? parseType(p) : undefined
  const body = parseBlock(p)
  const node: Mutable<DefineFunctionStatement> = {
    kind: 'define_function',
    name,
    ifExists,
    params,
    ...(returns === undefined ? {} : { returns }),
    body,
    span: p.span(start),
  }
  parsePermissionAndComment(p, node)
  node.span = p.span(start)
  return node
}

function parseFunctionParam(p: Parser): FunctionParam {
  const { start } = p.token
  const name = p.param()
  const type = p.eat(':') ? parseType(p) : undefined
  return { name, ...(type === undefined ? {} : { type }), span: p.span(start) }
}

/** `DEFINE EVENT e ON t WHEN cond THEN { … }`; several actions in parentheses, separated by commas. */
function parseDefineEvent(p: Parser, start: number): DefineEventStatement {
  const ifExists = parseIfNotExists(p)
  const name = p.name('an event name')
  const table = parseOnTable(p)
  const when = p.eatKeyword('WHEN') ? p.grammar.expression(p) : undefined
  p.expectKeyword('THEN')
  const actions: readonly Expression[] = p.list(p.grammar.expression)
  const node: Mutable<DefineEventStatement> = {
    kind: 'define_event',
    name,
    ifExists,
    table,
    ...(when === undefined ? {} : { when }),
    actions,
    span: p.span(start),
  }
  parseComment(p, node)
  node.span = p.span(start)
  return node
}

const tokenizers: ReadonlySet<string> = new Set<AnalyzerTokenizer>([
  'blank',
  'camel',
  'class',
  'code',
  'punct',
])

function parseDefineAnalyzer(p: Parser, start: number): DefineAnalyzerStatement {
  const ifExists = parseIfNotExists(p)
  const name = p.name('an analyzer name')
  const node: Mutable<DefineAnalyzerStatement> = {
    kind: 'define_analyzer',
    name,
    ifExists,
    span: p.span(start),
  }
  for (;;) {
    if (node.function === undefined && p.eatKeyword('FUNCTION')) node.function = functionName(p)
    else if (node.tokenizers === undefined && p.eatKeyword('TOKENIZERS'))
      node.tokenizers = p.list(parseTokenizer)
    else if (node.filters === undefined && p.eatKeyword('FILTERS')) node.filters = p.list(parseFilter)
    else if (!parseComment(p, node)) break
  }
  node.span = p.span(start)
  return node
}

function parseTokenizer(p: Parser): AnalyzerTokenizer {
  const name = p.token.text.toLowerCase()
  if (p.token.type !== 'word' || !tokenizers.has(name))
    throw p.unexpected('a tokenizer: blank, camel, class, code or punct')
  p.advance()
  return name as AnalyzerTokenizer
}

/** `lowercase`, `snowball(english)`, `edgengram(2, 10)`, `mapper('words.txt')`. */
function parseFilter(p: Parser): AnalyzerFilter {
  const type = p.token.type === 'word' ? p.token.text.toLowerCase() : ''
  switch (type) {
    case 'ascii':
    case 'lowercase':
    case 'uppercase':
      p.advance()
      return { type }
    case 'snowball':
      p.advance()
      return { type, language: parseArgument(p, () => p.name('a language').toLowerCase()) }
    case 'mapper':
      p.advance()
      return { type, path: parseArgument(p, () => p.string('a path in quotes')) }
    case 'edgengram':
    case 'ngram': {
      p.advance()
      return { type, ...parseArgument(p, () => parseGramBounds(p)) }
    }
    default:
      throw p.unexpected('a filter such as lowercase or snowball(english)')
  }
}

function parseGramBounds(p: Parser): { readonly min: number; readonly max: number } {
  const min = p.integer('a length')
  p.expect(',')
  return { min, max: p.integer('a length') }
}

function parseArgument<Value>(p: Parser, parse: () => Value): Value {
  p.expect('(')
  const value = parse()
  p.expect(')')
  return value
}

// REMOVE and REBUILD

export function parseRemove(p: Parser): RemoveStatement | RemoveBranchStatement | RemoveSnapshotStatement {
  const { start } = p.advance()
  const what = p.expectOneOf(definable)
  if (what === 'BRANCH') return parseRemoveBranch(p, start)
  if (what === 'SNAPSHOT') return parseRemoveSnapshot(p, start)
  const ifExists = parseIfExists(p)
  return { kind: 'remove', subject: parseRemoved(p, what), ifExists, span: p.span(start) }
}

function parseRemoved(
  p: Parser,
  what: Exclude<(typeof definable)[number], 'BRANCH' | 'SNAPSHOT'>,
): RemoveSubject {
  switch (what) {
    case 'TABLE':
      return { type: 'table', name: p.name('a table name') }
    case 'FIELD': {
      const path = parseFieldPath(p)
      return { type: 'field', path, table: parseOnTable(p) }
    }
    case 'INDEX':
    case 'EVENT': {
      const name = p.name(what === 'INDEX' ? 'an index name' : 'an event name')
      return { type: what === 'INDEX' ? 'index' : 'event', name, table: parseOnTable(p) }
    }
    case 'PARAM':
      return { type: 'param', name: p.param() }
    case 'FUNCTION': {
      const name = functionName(p)
      if (p.eat('(')) p.expect(')')
      return { type: 'function', name }
    }
    case 'ANALYZER':
      return { type: 'analyzer', name: p.name('an analyzer name') }
    case 'NAMESPACE':
    case 'NS':
      return { type: 'namespace', name: p.name('a namespace name') }
    case 'DATABASE':
    case 'DB':
      return { type: 'database', name: p.name('a database name') }
  }
}

/** `REBUILD INDEX [IF EXISTS] i ON t [CONCURRENTLY]`. */
export function parseRebuild(p: Parser): RebuildIndexStatement {
  const { start } = p.advance()
  p.expectKeyword('INDEX')
  const ifExists = parseIfExists(p)
  const name = p.name('an index name')
  const table = parseOnTable(p)
  const concurrently = p.eatKeyword('CONCURRENTLY')
  return { kind: 'rebuild_index', name, table, ifExists, concurrently, span: p.span(start) }
}
