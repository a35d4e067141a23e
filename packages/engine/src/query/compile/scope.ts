/**
 * Parameters by name: those of the request, then of each block, loop and closure that is being run.
 * Invariant: a scope is written only by the block it belongs to; inner ones shadow outer ones.
 */

import type { Value } from '@dendrodb/protocol'

/** Set by the system; LET, FOR, closures and callers' variables cannot. */
const protectedNames: ReadonlySet<string> = new Set(['auth', 'session', 'token', 'access', 'this', 'parent'])

export function isProtectedName(name: string): boolean {
  return protectedNames.has(name)
}

type Variables = Readonly<Record<string, Value>>

export class Scope {
  readonly #parent: Scope | undefined
  readonly #given: Variables | undefined
  #values: Map<string, Value> | undefined
  #bytes: Map<string, number> | undefined

  /** `given`: variables that come as an object; the scope does not write to it. */
  constructor(parent?: Scope, given?: Variables) {
    this.#parent = parent
    this.#given = given
  }

  /** `bytes`: what the value counts as; its earlier one no longer does. */
  set(name: string, value: Value, bytes = 0): void {
    this.#values ??= new Map()
    this.#values.set(name, value)
    if (bytes > 0 || this.#bytes !== undefined) {
      this.#bytes ??= new Map()
      this.#bytes.set(name, bytes)
    }
  }

  /** What the value of this scope itself counts as. */
  bytesOf(name: string): number {
    return this.#bytes?.get(name) ?? 0
  }

  /** What all values set in this scope itself count as. */
  get ownBytes(): number {
    let bytes = 0
    if (this.#bytes !== undefined) for (const each of this.#bytes.values()) bytes += each
    return bytes
  }

  has(name: string): boolean {
    return this.#holder(name) !== undefined
  }

  get(name: string): Value {
    const holder = this.#holder(name)
    return holder === undefined ? undefined : holder.#own(name)
  }

  /**
   * A scope that starts as this one and whose changes do not reach it; for a transaction that may be run
   * again.
   */
  fork(): Scope {
    return new Scope(this)
  }

  /** What was set in this scope itself; `undefined` when nothing was. */
  get own(): Variables | undefined {
    return this.#values && Object.fromEntries(this.#values)
  }

  /** Takes over what a fork has set. */
  adopt(fork: Scope): void {
    for (const [name, value] of fork.#values ?? []) this.set(name, value, fork.bytesOf(name))
  }

  #own(name: string): Value {
    return this.#values?.has(name) === true ? this.#values.get(name) : this.#given?.[name]
  }

  #holder(name: string): Scope | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#parent) {
      if (scope.#values?.has(name) === true) return scope
      if (scope.#given !== undefined && Object.hasOwn(scope.#given, name)) return scope
    }
    return undefined
  }
}
