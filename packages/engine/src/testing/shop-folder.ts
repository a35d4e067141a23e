/**
 * Data folders for tests of what is done to whole databases: one with a small shop in it, and questions whose
 * answers tell whether two databases are the same.
 */

import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { Database } from '../database/database.ts'
import { openEngine } from '../open-engine.ts'

/** An empty folder for the current test, removed at its end. */
export function temporaryFolder(): string {
  const path = makeFolder()
  onTestFinished(() => removeFolder(path))
  return path
}

/** A folder for all tests of a file, removed at their end. */
export function heldFolder(): { readonly path: string } {
  const path = makeFolder()
  afterAll(() => removeFolder(path))
  return { path }
}

/** A folder with the database `shop`, filled once, of which every test gets a copy. */
export function shopFolder(): () => string {
  let original = ''
  beforeAll(async () => {
    original = makeFolder()
    await withShop(original, fillShop)
  })
  afterAll(() => removeFolder(original))
  return () => {
    const path = temporaryFolder()
    cpSync(original, path, { recursive: true })
    return path
  }
}

/** Five commits. */
export async function fillShop(shop: Database): Promise<void> {
  await shop.query(`
    DEFINE INDEX price ON product FIELDS price;
    FOR $i IN 1..=300 { CREATE type::record("product", $i) SET name = "p" + <string> $i, price = $i % 7 };
    UPDATE product SET price += 1 WHERE price > 3;
    RELATE product:1->like->product:2;
    DELETE product:3`)
}

export async function withShop<T>(
  path: string,
  work: (shop: Database) => Promise<T>,
  name = 'shop',
): Promise<T> {
  const engine = await openEngine({ path })
  try {
    return await work(await engine.database(name))
  } finally {
    await engine.close()
  }
}

/** What the shop says of itself; `findings` are those of a verification. */
export function answersOf(path: string, name = 'shop') {
  return withShop(
    path,
    async (shop) => ({
      head: shop.head(),
      now: await shop.query('SELECT * FROM product WHERE price = 5; SELECT count() FROM product GROUP ALL'),
      earlier: await shop.query('SELECT VALUE id FROM product WHERE price = 4 AS OF 2'),
      edges: await shop.query('SELECT VALUE ->like->product FROM ONLY product:1'),
      findings: (await shop.verify()).findings,
    }),
    name,
  )
}

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ddb-shop-'))
}

function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
