/** A node while the parser fills in its clauses. */
export type Mutable<Node> = { -readonly [Key in keyof Node]: Node[Key] }
