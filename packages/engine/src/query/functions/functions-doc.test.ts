import { readFileSync } from 'node:fs'
import { formatValue } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { describeSignature } from './describe-signature.ts'
import { aggregates, constants, functions } from './registry.ts'

/** Tables of docs/functions.md as cells, without escapes. */
const rows = readFileSync(new URL('../../../../../docs/functions.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')))

function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
}

interface DocumentedFunction {
  readonly signatures: readonly string[]
  readonly returns: readonly string[]
  readonly aliases: readonly string[]
  readonly isAggregate: boolean
}

const documented = new Map<string, DocumentedFunction>()
for (const [, signatures = '', returns = '', description = ''] of rows) {
  const name = /^`([a-z0-9_:]+)\(/.exec(signatures)?.[1]
  if (name === undefined) continue
  documented.set(name, {
    signatures: codeIn(signatures),
    returns: codeIn(returns),
    aliases: codeIn(/ Also (.+?)\.(?: \*|$)/.exec(description)?.[1] ?? ''),
    isAggregate: description.endsWith('*Aggregate.*'),
  })
}

test('every function is documented as it is, and every documented function exists', () => {
  const aggregateNames = new Set(aggregates.flatMap(({ name, aliases }) => [name, ...aliases]))
  const actual = functions.map(({ name, signatures, aliases }) => [
    name,
    {
      signatures: signatures.map((signature) => describeSignature(name, signature)),
      returns: [...new Set(signatures.map(({ returns }) => returns))],
      aliases,
      isAggregate: aggregateNames.has(name),
    },
  ])
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(actual))
})

test('every constant is documented with its value, and every documented constant exists', () => {
  const inDocument = rows
    .filter(([, name = '']) => /^`[a-z]+::[a-z0-9_]+`$/.test(name))
    .map(([, name = '', value = '']) => [codeIn(name)[0], codeIn(value)[0]])
  const actual = [...constants].map(([name, value]) => [name, formatValue(value)])
  expect(Object.fromEntries(inDocument)).toEqual(Object.fromEntries(actual))
})
