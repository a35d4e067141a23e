/**
 * Which functions can be called as methods: `'abc'.len()` is `string::len('abc')`.
 * A type's own namespace comes first, then what every value can do: `type_of()`, `is_int()`, `to_string()`,
 * `repeat()`.
 * Deeper names are joined by underscores: `.distance_levenshtein(…)`, `.sort_asc()`, `.vector_dot(…)`.
 */

import type { TypeName } from '@dendrodb/protocol'
import type { FunctionDefinition } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import { functions, resolveFunction } from './registry.ts'
import { suggestName } from './suggest-name.ts'

/** Functions of a namespace that are not about one value of the type. */
const notMethods = new Set([
  'array::range',
  'array::repeat',
  'array::sequence',
  'geo::hash::decode',
  'object::from_entries',
  'time::max',
  'time::min',
  'time::now',
  'time::timezone',
])

const numberMethods = [
  'abs',
  'acos',
  'acot',
  'asin',
  'atan',
  'ceil',
  'clamp',
  'cos',
  'cot',
  'deg2rad',
  'fixed',
  'floor',
  'ln',
  'log',
  'log10',
  'log2',
  'pow',
  'rad2deg',
  'round',
  'sign',
  'sin',
  'sqrt',
  'tan',
]

type Methods = Map<string, FunctionDefinition>

/** The function that `value.name(…)` calls with the value as its first argument. */
export function resolveMethod(type: TypeName, name: string): FunctionDefinition | undefined {
  const methods = methodsOfType.get(type) ?? new Map()
  return methods.get(name) ?? methods.get(name.toLowerCase()) ?? methodsOfAll.get(name.toLowerCase())
}

/** @throws FUNCTION_METHOD_UNKNOWN with the name that was most likely meant */
export function requireMethod(type: TypeName, name: string): FunctionDefinition {
  const definition = resolveMethod(type, name)
  if (definition !== undefined) return definition
  throw functionErrors.METHOD_UNKNOWN({ type, name, ...suggestName(name, methodNames(type)) })
}

/** Every method of a type, its own first. */
export function methodNames(type: TypeName): string[] {
  return [...new Set([...(methodsOfType.get(type)?.keys() ?? []), ...methodsOfAll.keys()])]
}

const number = new Map(
  numberMethods.map((name) => [name, resolveFunction(`math::${name}`)] as const),
) as Methods
const vector = methodsOf('vector')

const methodsOfType: ReadonlyMap<TypeName, Methods> = new Map<TypeName, Methods>([
  ['string', methodsOf('string')],
  ['bytes', methodsOf('bytes')],
  ['datetime', methodsOf('time')],
  ['duration', methodsOf('duration')],
  ['record', methodsOf('record')],
  ['array', new Map([...methodsOf('array'), ...prefixed(vector, 'vector_')])],
  ['set', methodsOf('set')],
  ['object', methodsOf('object')],
  ['geometry', methodsOf('geo')],
  ['vector', new Map([...vector, ...prefixed(vector, 'vector_')])],
  ['int', number],
  ['float', number],
  ['decimal', number],
])

const methodsOfAll: Methods = allMethods()

function methodsOf(namespace: string): Methods {
  const methods: Methods = new Map()
  for (const definition of functions) {
    for (const name of [definition.name, ...definition.aliases]) {
      const isConstructor = name.startsWith(`${namespace}::from`)
      if (!name.startsWith(`${namespace}::`) || isConstructor || notMethods.has(name)) continue
      methods.set(name.slice(namespace.length + 2).replaceAll('::', '_'), definition)
    }
  }
  return methods
}

function prefixed(methods: Methods, prefix: string): [string, FunctionDefinition][] {
  return [...methods].map(([name, definition]) => [prefix + name, definition])
}

/** `type::is_int` is `is_int()`, `type::int` is `to_int()`. */
function allMethods(): Methods {
  const methods: Methods = new Map()
  for (const definition of functions) {
    const name = definition.name.startsWith('type::') ? definition.name.slice('type::'.length) : undefined
    if (name === undefined || name.startsWith('try_') || name === 'table') continue
    methods.set(name === 'of' ? 'type_of' : name.startsWith('is_') ? name : `to_${name}`, definition)
  }
  const repeat = resolveFunction('array::repeat')
  if (repeat !== undefined) methods.set('repeat', repeat)
  return methods
}
