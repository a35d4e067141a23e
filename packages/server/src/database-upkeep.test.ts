import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTestServer, rootToken } from './testing/test-server.ts'

function useFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-upkeep-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('the trash is emptied at the start, of what has lain there long enough and nothing else', async () => {
  const data = useFolder()
  const trash = join(data, 'trash')
  const instant = (agoMs: number) => new Date(Date.now() - agoMs).toISOString().replaceAll(/[-:]/g, '')
  const hour = 60 * 60 * 1_000
  const young = `shop-${instant(23 * hour)}`
  // One whose removal was cut short, an old one, a young one, and what is not ours.
  for (const folder of [`.purge-shop-${instant(hour)}`, `shop-${instant(25 * hour)}`, young, 'notes']) {
    mkdirSync(join(trash, folder), { recursive: true })
    writeFileSync(join(trash, folder, 'file'), 'x')
  }
  const server = await openTestServer({ config: { data } })
  onTestFinished(() => server.server.close())
  await expect.poll(() => readdirSync(trash).sort(), { timeout: 30_000 }).toEqual(['notes', young].sort())
})

test('a server whose trash lives for no time removes what is dropped with the next emptying', async () => {
  const data = useFolder()
  const server = await openTestServer({ config: { data, trashMs: 0 } })
  await server.call('POST', '/v1/databases', { token: rootToken, body: { name: 'shop' } })
  await server.call('DELETE', '/v1/databases/shop', { token: rootToken })
  expect(readdirSync(join(data, 'trash'))).toHaveLength(1)
  await server.server.close()
  const again = await openTestServer({ config: { data, trashMs: 0 } })
  onTestFinished(() => again.server.close())
  await expect.poll(() => readdirSync(join(data, 'trash')), { timeout: 30_000 }).toEqual([])
})
