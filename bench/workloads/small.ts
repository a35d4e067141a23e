/** Workloads on 20,000 records, run by every subject that can. Keys are uniform over them. */

import { personOf, sections } from '../dataset.ts'
import {
  createRandom,
  type Figure,
  figureRows,
  measureConcurrent,
  measureSequential,
  type Row,
} from '../measure.ts'
import type { Subject } from '../peers/subject.ts'

export const smallRecords = 20_000
const graphPersons = 2_000
const graphDegree = 10

type Workload = (subject: Subject) => Promise<Figure | undefined>

const workloads: Readonly<Record<string, Workload>> = {
  'point read by id, 20k': async (subject) => {
    const random = createRandom()
    return subject.get && measureSequential(() => subject.get?.(random(smallRecords)))
  },
  'point SELECT, 20k': async (subject) => {
    const random = createRandom()
    return subject.select && measureSequential(() => subject.select?.(random(smallRecords)))
  },
  'indexed WHERE, 222 of 20k': async (subject) => {
    const random = createRandom()
    return (
      subject.whereSection && measureSequential(() => subject.whereSection?.(`section-${random(sections)}`))
    )
  },
  'GROUP BY over 20k': async (subject) =>
    subject.groupBySection && measureSequential(() => subject.groupBySection?.()),
  'ORDER BY LIMIT 10, unindexed, 20k': async (subject) =>
    subject.topByScore && measureSequential(() => subject.topByScore?.()),
  'two hops from a node, 2k nodes of degree 10': async (subject) => {
    if (subject.twoHops === undefined) return undefined
    await subject.loadEdges?.(graphPersons, graphDegree)
    const random = createRandom()
    return measureSequential(() => subject.twoHops?.(random(graphPersons)))
  },
  'durable put, 1 writer': async (subject) => writes(subject, 1),
  'durable put, 64 writers': async (subject) => writes(subject, 64),
}

/** Fresh records behind those loaded. */
async function writes(subject: Subject, writers: number): Promise<Figure | undefined> {
  let next = smallRecords + writers * 1_000_000
  return subject.put && measureConcurrent(writers, () => subject.put?.(next, personOf(next++)))
}

export async function runSmall(
  subjects: readonly Subject[],
  isWanted: (name: string) => boolean,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, workload] of Object.entries(workloads)) {
    if (!isWanted(name)) continue
    for (const subject of subjects) {
      const figure = await workload(subject)
      if (figure !== undefined) rows.push(...figureRows(name, subject.name, figure))
    }
  }
  return rows
}
