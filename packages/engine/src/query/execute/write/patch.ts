/**
 * JSON Patch (RFC 6902) on values, and the patch that leads from one value to another.
 * A path is text such as `/a/0/b` (with `~1` for / and `~0` for ~), or an array of its parts; the empty text
 * is the whole value.
 */

import { equalValues, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import { exactEqual } from '../../operators/comparison.ts'
import { queryErrors } from '../../query-errors.ts'

type Path = readonly string[]

/** @throws QUERY_PATCH_INVALID, QUERY_PATCH_TEST_FAILED */
export function applyPatch(value: Value, patch: Value): Value {
  if (!Array.isArray(patch)) throw invalid(`expected an array of operations, found ${typeOf(patch)}`)
  let current = value
  for (const operation of patch as readonly Value[]) current = applyOperation(current, operation)
  return current
}

function applyOperation(value: Value, operation: Value): Value {
  if (!isPlainObject(operation)) throw invalid(`an operation is an object, not ${typeOf(operation)}`)
  const path = parsePath(operation.path)
  switch (operation.op) {
    case 'add':
      return addAt(value, path, operation.value)
    case 'remove':
      return removeFrom(value, path)
    case 'replace':
      getAt(value, path)
      return replaceAt(value, path, operation.value)
    case 'copy':
      return addAt(value, path, getAt(value, parsePath(operation.from)))
    case 'move': {
      const from = parsePath(operation.from)
      if (path.length > from.length && from.every((part, i) => part === path[i])) {
        throw invalid('a value cannot be moved into itself')
      }
      return addAt(removeFrom(value, from), path, getAt(value, from))
    }
    case 'test':
      if (!equalValues(getAt(value, path), operation.value)) {
        throw queryErrors.PATCH_TEST_FAILED({ path: formatPath(path) })
      }
      return value
    default:
      throw invalid(`there is no operation ${String(operation.op)}`)
  }
}

function parsePath(path: Value): Path {
  if (Array.isArray(path) && path.every((part) => typeof part === 'string')) return path as readonly string[]
  if (typeof path !== 'string') throw invalid(`a path is text, not ${typeOf(path)}`)
  if (path === '') return []
  const parts = path.startsWith('/') ? path.slice(1) : path
  return parts.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function formatPath(path: Path): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function getAt(value: Value, path: Path): Value {
  let current = value
  for (const part of path) {
    if (Array.isArray(current)) {
      current = current[indexOf(part, current.length - 1)]
    } else if (isPlainObject(current) && Object.hasOwn(current, part)) {
      current = current[part]
    } else {
      throw invalid(`there is nothing at ${formatPath(path)}`)
    }
  }
  return current
}

/** Into a list the value is inserted, `-` puts it at the end; in an object it replaces what is there. */
function addAt(value: Value, path: Path, added: Value): Value {
  return changeParent(value, path, added, (parent, part) => {
    if (Array.isArray(parent)) {
      return parent.toSpliced(part === '-' ? parent.length : indexOf(part, parent.length), 0, added)
    }
    return withMember(parent as ValueObject, part, added)
  })
}

function replaceAt(value: Value, path: Path, replaced: Value): Value {
  return changeParent(value, path, replaced, (parent, part) => {
    if (Array.isArray(parent)) return parent.with(indexOf(part, parent.length - 1), replaced)
    return withMember(parent as ValueObject, part, replaced)
  })
}

function removeFrom(value: Value, path: Path): Value {
  getAt(value, path)
  return changeParent(value, path, undefined, (parent, part) => {
    if (Array.isArray(parent)) return parent.toSpliced(indexOf(part, parent.length - 1), 1)
    const { [part]: _, ...rest } = parent as ValueObject
    return rest
  })
}

/** A copy of the value in which the list or object that holds the last part of the path has been changed. */
function changeParent(
  value: Value,
  path: Path,
  whole: Value,
  change: (parent: Value, part: string) => Value,
): Value {
  const [part, ...rest] = path
  if (part === undefined) return whole
  if (!Array.isArray(value) && !isPlainObject(value)) {
    throw invalid(`${formatPath(path)} leads into a value of type ${typeOf(value)}`)
  }
  if (rest.length === 0) return change(value, part)
  if (Array.isArray(value)) {
    const index = indexOf(part, value.length - 1)
    return (value as readonly Value[]).with(index, changeParent(value[index], rest, whole, change))
  }
  const object = value as ValueObject
  return withMember(object, part, changeParent(ownField(object, part), rest, whole, change))
}

function withMember(object: ValueObject, name: string, value: Value): ValueObject {
  if (name === '__proto__') throw invalid('a field cannot be called __proto__ here')
  return { ...object, [name]: value }
}

function indexOf(part: string, last: number): number {
  const index = /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : -1
  if (index < 0 || index > last) throw invalid(`${part} is no position in the array`)
  return index
}

function invalid(problem: string) {
  return queryErrors.PATCH_INVALID({ problem })
}

/** Operations that lead from `before` to `after`. */
export function diffValues(before: Value, after: Value, path: Path = []): Value[] {
  if (exactEqual(before, after)) return []
  if (isPlainObject(before) && isPlainObject(after)) return diffObjects(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path)
  return [{ op: 'replace', path: formatPath(path), value: after }]
}

function diffObjects(before: ValueObject, after: ValueObject, path: Path): Value[] {
  const operations: Value[] = []
  for (const name of Object.keys(before).sort()) {
    if (!Object.hasOwn(after, name)) operations.push({ op: 'remove', path: formatPath([...path, name]) })
  }
  for (const name of Object.keys(after).sort()) {
    const at = [...path, name]
    if (Object.hasOwn(before, name)) operations.push(...diffValues(before[name], after[name], at))
    else operations.push({ op: 'add', path: formatPath(at), value: after[name] })
  }
  return operations
}

/** Position by position; what is longer is added to or cut at the end. */
function diffLists(before: readonly Value[], after: readonly Value[], path: Path): Value[] {
  const operations: Value[] = []
  const shared = Math.min(before.length, after.length)
  for (let i = 0; i < shared; i += 1) {
    operations.push(...diffValues(before[i], after[i], [...path, String(i)]))
  }
  for (let i = before.length - 1; i >= shared; i -= 1) {
    operations.push({ op: 'remove', path: formatPath([...path, String(i)]) })
  }
  for (let i = shared; i < after.length; i += 1) {
    operations.push({ op: 'add', path: formatPath([...path, String(i)]), value: after[i] })
  }
  return operations
}
