/**
 * The words with a meaning in DQL, in any case. None is reserved everywhere: a word is a name wherever a name
 * must stand (after a dot, as an object key, as an alias), and where a value must stand it is a name unless
 * what follows shows that it opens a clause or a statement.
 */

/** Words that open a statement. */
const statementWords = [
  'BEGIN',
  'BREAK',
  'CANCEL',
  'COMMIT',
  'COMPACT',
  'CONTINUE',
  'COUNT',
  'CREATE',
  'DEFINE',
  'DELETE',
  'ERASE',
  'EXPLAIN',
  'FOR',
  'IF',
  'INFO',
  'INSERT',
  'KILL',
  'LET',
  'LIVE',
  'REBUILD',
  'RELATE',
  'REMOVE',
  'RESTORE',
  'RETURN',
  'SELECT',
  'SHOW',
  'SLEEP',
  'THROW',
  'UNDELETE',
  'UNDO',
  'UPDATE',
  'UPSERT',
  'USE',
] as const

/** Words that open a clause after a complete expression. */
const clauseWords = [
  'AS',
  'CAUSED',
  'CONFIDENCE',
  'CONTENT',
  'ELSE',
  'END',
  'EVIDENCE',
  'FETCH',
  'FROM',
  'GROUP',
  'HAVING',
  'LIMIT',
  'MERGE',
  'OMIT',
  'ORDER',
  'PARALLEL',
  'PATCH',
  'REPLACE',
  'SET',
  'SPLIT',
  'START',
  'TEMPFILES',
  'THEN',
  'TIMEOUT',
  'TO',
  'TRACE',
  'UNSET',
  'VALID',
  'VALUES',
  'VERSION',
  'WHERE',
  'WITH',
] as const

/** Operators that are words. */
const operatorWords = [
  'ALLINSIDE',
  'AND',
  'ANYINSIDE',
  'BETWEEN',
  'CONTAINS',
  'CONTAINSALL',
  'CONTAINSANY',
  'CONTAINSNONE',
  'CONTAINSNOT',
  'IN',
  'INSIDE',
  'INTERSECTS',
  'IS',
  'LIKE',
  'NONEINSIDE',
  'NOT',
  'NOTINSIDE',
  'OR',
  'OUTSIDE',
] as const

const literalWords = ['FALSE', 'NONE', 'NULL', 'TRUE'] as const

/** Words that mean something inside one clause or statement alone. */
const otherWords = [
  'AFTER',
  'ALL',
  'ALWAYS',
  'ANALYZE',
  'ANALYZER',
  'ANY',
  'ASC',
  'ASSERT',
  'AT',
  'BEFORE',
  'BM25',
  'BRANCH',
  'BY',
  'CAUSED_BY',
  'CAUSES',
  'CHANGEFEED',
  'CHANGES',
  'COLLATE',
  'COLUMNS',
  'COMMENT',
  'COMPUTED',
  'CONCURRENTLY',
  'DATABASE',
  'DB',
  'DEFAULT',
  'DEPTH',
  'DESC',
  'DIFF',
  'DIMENSION',
  'DIST',
  'DROP',
  'DUPLICATE',
  'EFC',
  'EFFECTS',
  'ENFORCED',
  'EVENT',
  'EXISTS',
  'FIELD',
  'FIELDS',
  'FILTERS',
  'FLEXIBLE',
  'FOREVER',
  'FULL',
  'FULLTEXT',
  'FUNCTION',
  'HASH',
  'HIGHLIGHTS',
  'HISTORY',
  'HNSW',
  'IGNORE',
  'INCLUDE',
  'INDEX',
  'INTO',
  'KEY',
  'M',
  'M0',
  'MIXED',
  'NAMESPACE',
  'NOINDEX',
  'NORMAL',
  'NS',
  'NUMERIC',
  'OF',
  'ON',
  'ONLY',
  'ORIGINAL',
  'OURS',
  'OUT',
  'OVERWRITE',
  'PARAM',
  'PERMISSIONS',
  'RAND',
  'READONLY',
  'REASON',
  'RELATION',
  'RESOLVE',
  'REVERSE',
  'ROOT',
  'SCHEMAFULL',
  'SCHEMALESS',
  'SCHEMAMIXED',
  'SEARCH',
  'SINCE',
  'SNAPSHOT',
  'STRICT',
  'STRUCTURE',
  'TABLE',
  'TABLES',
  'THEIRS',
  'TOKENIZERS',
  'TRANSACTION',
  'TYPE',
  'UNIQUE',
  'VALUE',
  'WHEN',
] as const

export type StatementWord = (typeof statementWords)[number]

export type Keyword =
  | StatementWord
  | (typeof clauseWords)[number]
  | (typeof operatorWords)[number]
  | (typeof literalWords)[number]
  | (typeof otherWords)[number]

const byUpper: ReadonlyMap<string, Keyword> = new Map(
  [...statementWords, ...clauseWords, ...operatorWords, ...literalWords, ...otherWords].map((word) => [
    word,
    word,
  ]),
)

/** Both spellings that people use, so that the usual word is found without changing its case first. */
const byText: ReadonlyMap<string, Keyword> = new Map(
  [...byUpper].flatMap(([upper, word]) => [
    [upper, word],
    [upper.toLowerCase(), word],
  ]),
)

/** The keyword a bare word stands for, or `''`. `isMixed`: the word has letters of both cases. */
export function keywordOf(word: string, isMixed: boolean): Keyword | '' {
  return (isMixed ? byUpper.get(word.toUpperCase()) : byText.get(word)) ?? ''
}

export const statementKeywords: readonly StatementWord[] = statementWords

const statementSet: ReadonlySet<string> = new Set(statementWords)
const clauseSet: ReadonlySet<string> = new Set(clauseWords)
const operatorSet: ReadonlySet<string> = new Set(operatorWords)
/** What may come right after a complete value, so that the word before is that value and opens nothing. */
const followerSet: ReadonlySet<string> = new Set([
  ...clauseWords,
  ...operatorWords,
  'ASC',
  'COLLATE',
  'DESC',
  'EXPLAIN',
  'NUMERIC',
  'ON',
  'RETURN',
  'UNIQUE',
])

/**
 * Words that open something else where a field may stand. Operators do not: `in = $x` can only be a field.
 */
const specialFieldSet: ReadonlySet<string> = new Set([
  ...statementWords,
  ...clauseWords,
  ...literalWords,
  'ALWAYS',
  'ANALYZE',
  'AT',
  'BY',
  'DIFF',
  'IGNORE',
  'INTO',
  'NOT',
  'ON',
  'ONLY',
  'OVERWRITE',
  'RELATION',
  'VALUE',
])

/** The same for tables, which may stand after ONLY and other words that take a value or none. */
const specialTableSet: ReadonlySet<string> = new Set([...specialFieldSet, ...followerSet])

export function isStatementKeyword(keyword: string): keyword is StatementWord {
  return statementSet.has(keyword)
}

export function isClauseKeyword(keyword: string): boolean {
  return clauseSet.has(keyword)
}

export function isOperatorKeyword(keyword: string): boolean {
  return operatorSet.has(keyword)
}

export function followsValue(keyword: string): boolean {
  return followerSet.has(keyword)
}

/** Whether the formatter must escape a field's name in front of a path. */
export function isSpecialField(name: string): boolean {
  return specialFieldSet.has(name.toUpperCase()) || isFloatName(name)
}

/** Whether the formatter must escape the name of a table or of something defined. */
export function isSpecialTable(name: string): boolean {
  return specialTableSet.has(name.toUpperCase()) || isFloatName(name)
}

function isFloatName(name: string): boolean {
  return name === 'NaN' || name === 'Infinity'
}
