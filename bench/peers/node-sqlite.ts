/**
 * node:sqlite: WAL, synchronous=FULL, the record as columns, one index. The library is synchronous: one
 * writer.
 */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Person, personOf } from '../dataset.ts'
import type { Subject } from './subject.ts'

export class SqliteSubject implements Subject {
  readonly name = 'node:sqlite'
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #get: StatementSync
  readonly #put: StatementSync
  readonly #where: StatementSync
  readonly #group: StatementSync
  readonly #top: StatementSync

  constructor(folder: string) {
    this.#path = join(folder, 'bench.sqlite')
    this.#db = new DatabaseSync(this.#path)
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, email TEXT, age INTEGER, score REAL,
        section TEXT, about TEXT);
      CREATE INDEX section ON person (section);
      CREATE TABLE knows (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;`)
    this.#get = this.#db.prepare('SELECT * FROM person WHERE id = ?')
    this.#put = this.#db.prepare('INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#where = this.#db.prepare('SELECT * FROM person WHERE section = ?')
    this.#group = this.#db.prepare('SELECT section, count(*), avg(score) FROM person GROUP BY section')
    this.#top = this.#db.prepare('SELECT * FROM person ORDER BY score DESC LIMIT 10')
  }

  async load(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 1_000) {
      this.#db.exec('BEGIN')
      for (let id = at; id < Math.min(to, at + 1_000); id += 1) this.put(id, personOf(id))
      this.#db.exec('COMMIT')
    }
  }

  get(id: number) {
    return this.#get.get(id)
  }

  select(id: number) {
    return this.#get.get(id)
  }

  put(id: number, { name, email, age, score, section, about }: Person) {
    return this.#put.run(id, name, email, age, score, section, about)
  }

  whereSection(section: string) {
    return this.#where.all(section)
  }

  groupBySection() {
    return this.#group.all()
  }

  topByScore() {
    return this.#top.all()
  }

  async loadEdges(persons: number, degree: number): Promise<void> {
    const insert = this.#db.prepare('INSERT OR IGNORE INTO knows VALUES (?, ?)')
    this.#db.exec('BEGIN')
    for (let from = 0; from < persons; from += 1) {
      for (let at = 0; at < degree; at += 1) insert.run(from, (from * 31 + at * 97 + 1) % persons)
    }
    this.#db.exec('COMMIT')
  }

  twoHops(id: number) {
    const text = 'SELECT second.b FROM knows first JOIN knows second ON second.a = first.b WHERE first.a = ?'
    return this.#db.prepare(text).all(id)
  }

  async diskBytes(): Promise<number> {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return (await stat(this.#path)).size
  }

  async close(): Promise<void> {
    this.#db.close()
  }
}
