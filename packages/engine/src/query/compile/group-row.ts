/**
 * What stands for a row above GROUP BY: the keys of a group and the results of its aggregates, by number.
 * Never handed out as a value.
 */

import type { Value } from '@dendrodb/protocol'

export class GroupRow {
  readonly values: readonly Value[]

  constructor(values: readonly Value[]) {
    this.values = values
  }

  /** To pass through operators, which take groups for rows. */
  static of(values: readonly Value[]): Value {
    return new GroupRow(values) as unknown as Value
  }
}

/** The row as `$parent` shows it to what stands inside: a group is none. */
export function parentOf(row: Value): Value {
  return (row as unknown) instanceof GroupRow ? undefined : row
}
