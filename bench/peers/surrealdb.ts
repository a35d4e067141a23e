/** SurrealDB 3, embedded, on its own file store. */

import { join } from 'node:path'
import { createNodeEngines } from '@surrealdb/node'
import { RecordId, Surreal } from 'surrealdb'
import { type Person, personOf } from '../dataset.ts'
import type { Subject } from './subject.ts'

const rowsPerInsert = 1_000

export class SurrealSubject implements Subject {
  readonly name = 'SurrealDB'
  readonly #db: Surreal

  private constructor(db: Surreal) {
    this.#db = db
  }

  static async open(folder: string): Promise<SurrealSubject> {
    const db = new Surreal({ engines: createNodeEngines() })
    await db.connect(`surrealkv://${join(folder, 'surrealdb')}?sync=every`)
    await db.use({ namespace: 'bench', database: 'bench' })
    await db.query('DEFINE TABLE person SCHEMALESS; DEFINE INDEX section ON person FIELDS section')
    return new SurrealSubject(db)
  }

  async load(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += rowsPerInsert) {
      const rows = Array.from({ length: Math.min(rowsPerInsert, to - at) }, (_, index) => ({
        id: new RecordId('person', at + index),
        ...personOf(at + index),
      }))
      await this.#db.query('INSERT INTO person $rows RETURN NONE', { rows })
    }
  }

  get(id: number) {
    return this.#db.select(new RecordId('person', id))
  }

  select(id: number) {
    return this.#db.query('SELECT * FROM $id', { id: new RecordId('person', id) })
  }

  put(id: number, person: Person) {
    return this.#db.query('UPSERT $id CONTENT $person RETURN NONE', {
      id: new RecordId('person', id),
      person,
    })
  }

  whereSection(section: string) {
    return this.#db.query('SELECT * FROM person WHERE section = $section', { section })
  }

  groupBySection() {
    return this.#db.query(
      'SELECT section, count() AS n, math::mean(score) AS mean FROM person GROUP BY section',
    )
  }

  topByScore() {
    return this.#db.query('SELECT * FROM person ORDER BY score DESC LIMIT 10')
  }

  async loadEdges(persons: number, degree: number): Promise<void> {
    await this.#db.query('DEFINE TABLE IF NOT EXISTS knows TYPE RELATION')
    for (let from = 0; from < persons; from += 1) {
      const edges = Array.from({ length: degree }, (_, at) => ({
        in: new RecordId('person', from),
        out: new RecordId('person', (from * 31 + at * 97 + 1) % persons),
      }))
      await this.#db.query('INSERT RELATION INTO knows $edges RETURN NONE', { edges })
    }
  }

  twoHops(id: number) {
    return this.#db.query('SELECT VALUE ->knows->person->knows->person FROM ONLY $id', {
      id: new RecordId('person', id),
    })
  }

  async close(): Promise<void> {
    await this.#db.close()
  }
}
