/**
 * Which segments make up the store, now and for each open snapshot, and what may be deleted.
 * Pages of a segment may go once neither the present version nor a held one has the segment; pages of a long
 * value once no version is held that is older than the one that lost it, as the value wanders from segment to
 * segment.
 * Invariant: what is not deleted yet stands in the root, so that a crash leaves no garbage behind.
 */

import type { Freed } from './freed.ts'
import { pagesOf, type Segment } from './segment.ts'

export type Levels = readonly (readonly Segment[])[]

export class Version {
  readonly number: number
  readonly levels: Levels
  holders = 1

  constructor(number: number, levels: Levels) {
    this.number = number
    this.levels = levels
  }
}

/** What a new version does not refer to any more. */
export interface Gone {
  readonly segments: readonly Segment[]
  readonly longValues: readonly Freed[]
}

export const nothingGone: Gone = { segments: [], longValues: [] }

export class Versions {
  #current: Version
  /** Those that somebody holds, oldest first; the present one is the last. */
  readonly #held = new Set<Version>()
  /** In how many held versions a segment is. */
  readonly #uses = new Map<Segment, number>()
  readonly #goneSegments = new Map<Segment, Freed>()
  /** By the version that lost them, oldest first. */
  #goneLongValues: { readonly number: number; readonly freed: readonly Freed[] }[] = []
  readonly #freed: Set<Freed>
  #deletable: Freed[]

  /** @param freed of an earlier process: no snapshot sees any of it */
  constructor(levels: Levels, freed: readonly Freed[]) {
    this.#current = this.#add(new Version(0, levels))
    this.#freed = new Set(freed)
    this.#deletable = [...freed]
  }

  get levels(): Levels {
    return this.#current.levels
  }

  /** Not deleted yet, be it visible to a snapshot or not. */
  get freed(): readonly Freed[] {
    return [...this.#freed]
  }

  /** Give it back with `release`. */
  hold(): Version {
    this.#current.holders += 1
    return this.#current
  }

  release(version: Version): void {
    version.holders -= 1
    if (version.holders > 0) return
    this.#held.delete(version)
    for (const segment of version.levels.flat()) {
      const uses = (this.#uses.get(segment) as number) - 1
      if (uses > 0) this.#uses.set(segment, uses)
      else this.#forget(segment)
    }
    const [oldest] = this.#held
    while (
      this.#goneLongValues.length > 0 &&
      (this.#goneLongValues[0]?.number ?? 0) <= (oldest?.number ?? 0)
    ) {
      this.#deletable.push(...(this.#goneLongValues.shift()?.freed ?? []))
    }
  }

  replace(levels: Levels, { segments, longValues }: Gone): void {
    const before = this.#current
    const number = before.number + 1
    this.#current = this.#add(new Version(number, levels))
    if (longValues.length > 0) this.#goneLongValues.push({ number, freed: longValues })
    for (const segment of segments) {
      const freed = pagesOf(segment)
      this.#goneSegments.set(segment, freed)
      this.#freed.add(freed)
    }
    for (const freed of longValues) this.#freed.add(freed)
    this.release(before)
  }

  /** Pages that were written and never referred to, or that could not be deleted. */
  abandon(pages: readonly Freed[]): void {
    for (const each of pages) this.#freed.add(each)
    this.#deletable.push(...pages)
  }

  /** To be deleted by the caller, who says so with `deleted`, or gives them back with `abandon`. */
  takeDeletable(): readonly Freed[] {
    const deletable = this.#deletable
    this.#deletable = []
    return deletable
  }

  deleted(pages: readonly Freed[]): void {
    for (const each of pages) this.#freed.delete(each)
  }

  #add(version: Version): Version {
    this.#held.add(version)
    for (const segment of version.levels.flat()) this.#uses.set(segment, (this.#uses.get(segment) ?? 0) + 1)
    return version
  }

  #forget(segment: Segment): void {
    this.#uses.delete(segment)
    const freed = this.#goneSegments.get(segment)
    if (freed === undefined) return
    this.#goneSegments.delete(segment)
    this.#deletable.push(freed)
  }
}
