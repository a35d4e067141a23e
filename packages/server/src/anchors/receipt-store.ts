/**
 * Receipts of batches, as records of the reserved table `$anchor` of the database that they are about.
 *
 * | field | what |
 * |---|---|
 * | key | number of the last commit of the batch |
 * | from_seq | number of its first |
 * | batch_root | see batch-root.ts |
 * | chain | none, ipfs or ethereum |
 * | status | pending, confirmed, failed (given up) or skipped (chain none) |
 * | created_at, anchored_at? | datetimes |
 * | tx_hash?, ipfs_cid?, signed? | what is known of the publication |
 * | error? | what went wrong last, once it is given up |
 *
 * Invariant: batches follow one another without a gap, from commit 1 on.
 */

import type { Database, Value, ValueObject } from '@dendrodb/engine'
import { Datetime, RecordId } from '@dendrodb/protocol'
import type { Chain, Progress } from './submitter.ts'

const receiptTable = '$anchor'

export type ReceiptStatus = 'pending' | 'confirmed' | 'failed' | 'skipped'

export interface Receipt {
  readonly fromSeq: number
  readonly toSeq: number
  readonly batchRoot: string
  readonly chain: Chain
  readonly status: ReceiptStatus
  readonly createdAt: Datetime
  readonly anchoredAt?: Datetime | undefined
  readonly progress: Progress
  readonly error?: string | undefined
}

export interface ReceiptPage {
  readonly limit: number
  readonly offset: number
}

const meta = { actor: 'anchors' }

export class ReceiptStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async put(receipt: Receipt): Promise<void> {
    await this.#database.put(new RecordId(receiptTable, receipt.toSeq), fieldsOf(receipt), meta)
  }

  /** Newest first. */
  async list({ limit, offset }: ReceiptPage): Promise<readonly Receipt[]> {
    return this.#select('ORDER BY id DESC LIMIT $limit START $offset', { limit, offset })
  }

  async newest(): Promise<Receipt | undefined> {
    const [newest] = await this.list({ limit: 1, offset: 0 })
    return newest
  }

  /** Oldest first. */
  async pending(): Promise<readonly Receipt[]> {
    return this.#select("WHERE status = 'pending' ORDER BY id", {})
  }

  async #select(clauses: string, vars: Readonly<Record<string, Value>>): Promise<readonly Receipt[]> {
    const view = await this.#database.view()
    const isThere = view.catalog.table(receiptTable) !== undefined
    view.close()
    if (!isThere) return []
    const session = { isRoot: true, isSystem: true }
    const [rows] = await this.#database.query(`SELECT * FROM ⟨${receiptTable}⟩ ${clauses}`, vars, { session })
    return (rows as readonly ValueObject[]).map(readReceipt)
  }
}

function fieldsOf(receipt: Receipt): ValueObject {
  const { fromSeq, batchRoot, chain, status, createdAt, anchoredAt, progress, error } = receipt
  return {
    from_seq: fromSeq,
    batch_root: batchRoot,
    chain,
    status,
    created_at: createdAt,
    ...(anchoredAt && { anchored_at: anchoredAt }),
    ...(progress.txHash !== undefined && { tx_hash: progress.txHash }),
    ...(progress.ipfsCid !== undefined && { ipfs_cid: progress.ipfsCid }),
    ...(progress.signed !== undefined && { signed: progress.signed }),
    ...(error !== undefined && { error }),
  }
}

function readReceipt(row: ValueObject): Receipt {
  return {
    fromSeq: row.from_seq as number,
    toSeq: (row.id as RecordId).key as number,
    batchRoot: row.batch_root as string,
    chain: row.chain as Chain,
    status: row.status as ReceiptStatus,
    createdAt: row.created_at as Datetime,
    anchoredAt: row.anchored_at as Datetime | undefined,
    progress: {
      txHash: row.tx_hash as string | undefined,
      ipfsCid: row.ipfs_cid as string | undefined,
      signed: row.signed as string | undefined,
    },
    error: row.error as string | undefined,
  }
}

export function datetimeAt(ms: number): Datetime {
  return Datetime.fromEpochMillis(ms)
}
