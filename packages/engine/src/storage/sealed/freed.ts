/** Pages that nothing refers to any more. They are deleted once no snapshot can see them. */

export interface Freed {
  readonly kind: 'page' | 'overflow'
  readonly first: number
  readonly count: number
  /** Of all of them, sealed. */
  readonly bytes: number
}
