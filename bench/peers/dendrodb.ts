/** Ours: the engine as a library, LevelDB underneath. */

import { join } from 'node:path'
import { type Database, type Engine, openEngine, RecordId } from '@dendrodb/engine'
import { type Person, personOf } from '../dataset.ts'
import type { Subject } from './subject.ts'

const rowsPerCommit = 1_000

export class DendroSubject implements Subject {
  readonly name = 'DendroDB'
  readonly database: Database
  readonly #engine: Engine

  private constructor(engine: Engine, database: Database) {
    this.#engine = engine
    this.database = database
  }

  static async open(folder: string): Promise<DendroSubject> {
    const engine = await openEngine({ path: join(folder, 'dendrodb') })
    const database = await engine.database('bench')
    await database.query('DEFINE INDEX IF NOT EXISTS section ON person FIELDS section')
    return new DendroSubject(engine, database)
  }

  async load(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += rowsPerCommit) {
      const rows = Array.from({ length: Math.min(rowsPerCommit, to - at) }, (_, index) => ({
        put: new RecordId('person', at + index),
        fields: { ...personOf(at + index) },
      }))
      await this.database.commit(rows)
    }
  }

  get(id: number) {
    return this.database.get(new RecordId('person', id))
  }

  select(id: number) {
    return this.database.query('SELECT * FROM $id', { id: new RecordId('person', id) })
  }

  put(id: number, person: Person) {
    return this.database.put(new RecordId('person', id), { ...person })
  }

  whereSection(section: string) {
    return this.database.query('SELECT * FROM person WHERE section = $section', { section })
  }

  groupBySection() {
    return this.database.query(
      'SELECT section, count() AS n, math::mean(score) AS mean FROM person GROUP BY section',
    )
  }

  topByScore() {
    return this.database.query('SELECT * FROM person ORDER BY score DESC LIMIT 10')
  }

  async loadEdges(persons: number, degree: number): Promise<void> {
    await this.database.query('DEFINE TABLE IF NOT EXISTS knows TYPE RELATION')
    for (let from = 0; from < persons; from += 1) {
      const edges = Array.from({ length: degree }, (_, at) => ({
        put: new RecordId('knows', from * degree + at),
        fields: {
          in: new RecordId('person', from),
          out: new RecordId('person', (from * 31 + at * 97 + 1) % persons),
        },
      }))
      await this.database.commit(edges)
    }
  }

  twoHops(id: number) {
    return this.database.query('SELECT VALUE ->knows->person->knows->person FROM ONLY $id', {
      id: new RecordId('person', id),
    })
  }

  diskBytes() {
    return this.database.sizeBytes()
  }

  close() {
    return this.#engine.close()
  }
}
