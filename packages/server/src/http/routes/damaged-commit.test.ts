/** A server on files in which a commit is damaged says so, and which one it is. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { programFile } from '../../../../../scripts/testing/program-file.ts'
import { openTestServer, rootToken, useTestServer } from '../../testing/test-server.ts'

const damageValue = programFile(new URL('../../../../engine/src/testing/damage-value.ts', import.meta.url))
const ofCommit3 = '4c03'

test('the routes that verify name a damaged commit, and so does the log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'damaged-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const before = await openTestServer({ config: { data: folder } })
  for (let at = 1; at <= 5; at += 1) await before.query(`CREATE box:${at}`)
  await before.server.close()
  execFileSync(process.execPath, [damageValue, folder, 'main', ofCommit3])
  const server = await useTestServer({ config: { data: folder } })
  const get = (path: string) => server.call('GET', path, { token: rootToken })
  const whole = await get('/v1/databases/main/verify')
  expect(whole).toMatchObject({ status: 200, body: { ok: false } })
  expect(whole.body.tampered[0]).toBe('commit 3: its checksum does not match')
  expect(await get('/api/admin/audit/chain')).toMatchObject({
    status: 409,
    body: { valid: false, first_broken_tx: 3, detail: 'commit 3: its checksum does not match' },
  })
  const asked = await server.call('POST', '/api/query', {
    token: rootToken,
    body: { query: 'INFO FOR COMMIT 3' },
  })
  expect(asked.body.results[0].error).toMatchObject({
    reason: 'STORAGE_CORRUPT',
    message: expect.stringMatching(/^commit 3 is damaged/),
  })
  for (const path of ['since', 'log']) {
    const { body } = await get(`/v1/databases/main/${path}`)
    expect(body).toMatchObject({ error: 'commit 3 is damaged: its checksum does not match' })
  }
})
