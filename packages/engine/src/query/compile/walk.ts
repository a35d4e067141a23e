/**
 * Looking through syntax trees without knowing every kind of node.
 * A tree is plain data, so that its children are its properties; only literals hold values, which are not
 * looked into.
 */

import type { Expression, Statement } from '../dql/ast.ts'

/** Any node: an object with a `kind`. */
export interface AnyNode {
  readonly kind: string
}

const literalKinds: ReadonlySet<string> = new Set(['literal', 'key_literal', 'literal_type'])

/**
 * Whether the test holds for the node or one below it. `enter` may keep the search out of a node's children.
 */
export function someNode(
  root: unknown,
  test: (node: AnyNode) => boolean,
  enter: (node: AnyNode) => boolean = () => true,
): boolean {
  if (Array.isArray(root)) return root.some((item) => someNode(item, test, enter))
  if (typeof root !== 'object' || root === null) return false
  const node = root as AnyNode
  if (typeof node.kind === 'string') {
    if (test(node)) return true
    if (literalKinds.has(node.kind) || !enter(node)) return false
  }
  for (const key in root) {
    if (key !== 'span' && someNode((root as Record<string, unknown>)[key], test, enter)) return true
  }
  return false
}

/** All nodes of a tree. */
export function nodesIn(root: unknown): readonly AnyNode[] {
  const nodes: AnyNode[] = []
  someNode(root, (node) => {
    nodes.push(node)
    return false
  })
  return nodes
}

/** Whether two trees mean the same: equal but for their spans. */
export function sameTree(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false
  if (!Array.isArray(left) && Object.getPrototypeOf(left) !== Object.prototype) {
    return String(left) === String(right)
  }
  const keys = Object.keys(left).filter((key) => key !== 'span')
  const others = Object.keys(right).filter((key) => key !== 'span')
  if (keys.length !== others.length) return false
  return keys.every((key) =>
    sameTree((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  )
}

/**
 * A tree in which `replace` has put others in the place of some nodes; parts without a change are the same
 * objects.
 */
export function rewriteTree<T>(root: T, replace: (node: AnyNode) => unknown): T {
  if (Array.isArray(root)) {
    const items = root.map((item) => rewriteTree(item, replace))
    return (items.some((item, i) => item !== root[i]) ? items : root) as T
  }
  if (typeof root !== 'object' || root === null || Object.getPrototypeOf(root) !== Object.prototype)
    return root
  const node = root as unknown as AnyNode
  if (typeof node.kind === 'string') {
    const other = replace(node)
    if (other !== undefined) return other as T
    if (literalKinds.has(node.kind)) return root
  }
  const copy: Record<string, unknown> = {}
  let isChanged = false
  for (const [key, value] of Object.entries(root)) {
    copy[key] = key === 'span' ? value : rewriteTree(value, replace)
    if (copy[key] !== value) isChanged = true
  }
  return (isChanged ? copy : root) as T
}

const writeKinds: ReadonlySet<string> = new Set([
  'create',
  'insert',
  'update',
  'upsert',
  'delete',
  'relate',
  'restore',
  'undo',
  'undelete',
  'remove',
  'rebuild_index',
])

function isWriteNode(node: AnyNode): boolean {
  return writeKinds.has(node.kind) || node.kind.startsWith('define_')
}

/** Whether running it may write. */
export function hasWrite(root: Statement | Expression): boolean {
  return someNode(root, isWriteNode)
}
