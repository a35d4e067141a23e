/**
 * What a subject of the comparison can do. One that cannot do something leaves it out.
 * All writes are durable (fsync) when they resolve.
 */

import type { Person } from '../dataset.ts'

export interface Subject {
  readonly name: string
  /** Inserts persons `from` ≤ id < `to` as fast as the subject can. */
  load(from: number, to: number): Promise<void>
  close(): Promise<void>
  get?(id: number): Promise<unknown> | unknown
  /** A point read through the query language. */
  select?(id: number): Promise<unknown> | unknown
  put?(id: number, person: Person): Promise<unknown> | unknown
  whereSection?(section: string): Promise<unknown> | unknown
  groupBySection?(): Promise<unknown> | unknown
  topByScore?(): Promise<unknown> | unknown
  /** Edges person → person, each to `degree` others. */
  loadEdges?(persons: number, degree: number): Promise<void>
  /** Ids two hops away. */
  twoHops?(id: number): Promise<unknown> | unknown
  diskBytes?(): Promise<number>
}
