/**
 * `string::semver::*`.
 */

import { int } from '@dendrodb/protocol'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { overload, required } from '../overload.ts'
import { compareSemver, formatSemver, parseSemver, type Semver, semverNumberMax } from './semver-text.ts'

type Part = 'major' | 'minor' | 'patch'

const parts = ['major', 'minor', 'patch'] as const
const version = required('version', kinds.string)

export const semverFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'string::semver::compare',
    overload([version, required('other', kinds.string)], 'int', ([left, right]) => {
      const name = 'string::semver::compare'
      return compareSemver(readVersion(name, left), readVersion(name, right))
    }),
  ),
  ...parts.map((part) => {
    const name = `string::semver::${part}`
    return pureFunction(
      name,
      overload([version], 'int', ([text]) => int(readVersion(name, text)[part])),
    )
  }),
  ...parts.map((part) => {
    const name = `string::semver::inc::${part}`
    return pureFunction(
      name,
      overload([version], 'string', ([text]) => formatSemver(increment(name, readVersion(name, text), part))),
    )
  }),
  ...parts.map((part) => {
    const name = `string::semver::set::${part}`
    return pureFunction(
      name,
      overload([version, required('number', kinds.integer)], 'string', ([text, number]) => {
        return formatSemver({ ...readVersion(name, text), [part]: checkNumber(name, BigInt(number)) })
      }),
    )
  }),
]

/** The lesser parts begin again at 0. */
function increment(name: string, old: Semver, part: Part): Semver {
  const next = { ...old, [part]: checkNumber(name, old[part] + 1n) }
  if (part === 'patch') return next
  return part === 'minor' ? { ...next, patch: 0n } : { ...next, minor: 0n, patch: 0n }
}

function readVersion(name: string, text: string): Semver {
  const parsed = parseSemver(text)
  if (parsed !== undefined) return parsed
  throw functionErrors.ARGUMENT_VALUE({ name, problem: `'${text}' is no semantic version such as 1.2.3` })
}

function checkNumber(name: string, number: bigint): bigint {
  if (number >= 0n && number <= semverNumberMax) return number
  throw functionErrors.ARGUMENT_VALUE({ name, problem: 'the numbers of a version have 64 bits and no sign' })
}
