/**
 * Rows and time per operator, as EXPLAIN ANALYZE shows them.
 */

export interface OperatorFigures {
  rows: number
  batches: number
  timeMs: number
}

export class OperatorProfile {
  readonly #figures = new Map<object, OperatorFigures>()

  /**
   * The figures of an operator; those of all its openings (a correlated subquery opens again per row) add up.
   */
  of(operator: object): OperatorFigures {
    let figures = this.#figures.get(operator)
    if (figures === undefined) {
      figures = { rows: 0, batches: 0, timeMs: 0 }
      this.#figures.set(operator, figures)
    }
    return figures
  }

  find(operator: object): OperatorFigures | undefined {
    return this.#figures.get(operator)
  }
}
