/**
 * The mark by which a value class says which type it is.
 * Why: ordering, encoding and printing dispatch on the type and are needed by the classes themselves (a
 * record id is bounded by its encoded size, a set is sorted); with a mark they need not import the classes,
 * so imports have no cycle.
 * Invariant: the numbers are in the order of the types. Stored bytes do not depend on them.
 */

export const typeTag: unique symbol = Symbol('dendrodb type')

export const tags = {
  none: 0,
  null: 1,
  bool: 2,
  number: 3,
  string: 4,
  bytes: 5,
  duration: 6,
  datetime: 7,
  uuid: 8,
  array: 9,
  set: 10,
  object: 11,
  geometry: 12,
  vector: 13,
  record: 14,
  range: 15,
} as const

export type TypeTag = (typeof tags)[keyof typeof tags]

/** The tag of any value, constant time. Ints, floats and decimals share `tags.number`. */
export function tagOf(value: unknown): TypeTag {
  switch (typeof value) {
    case 'string':
      return tags.string
    case 'number':
    case 'bigint':
      return tags.number
    case 'boolean':
      return tags.bool
    case 'undefined':
      return tags.none
    default:
      return value === null ? tags.null : tagOfObject(value as object)
  }
}

function tagOfObject(value: object): TypeTag {
  if (Array.isArray(value)) return tags.array
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return tags.object
  const tag = (value as { readonly [typeTag]?: TypeTag })[typeTag]
  if (tag !== undefined) return tag
  if (value instanceof Uint8Array) return tags.bytes
  if (value instanceof Float32Array) return tags.vector
  return tags.object
}

/**
 * Whether a value is an object without a class, of this realm or another (whose `Object.prototype` is its
 * own).
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty')
}
