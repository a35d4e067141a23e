/** That an account is forgotten: by the server at once, by the files when the work is complete. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rootToken, type TestServer, useTestServer } from '../testing/test-server.ts'

type FindBytes = (folder: string, needles: Readonly<Record<string, string>>) => string[]

/** The engine's own search of its files, which is no part of its public API. */
const searcher = new URL('../../../engine/src/testing/file-bytes.ts', import.meta.url)
const { findBytes } = (await import(searcher.href)) as { readonly findBytes: FindBytes }

const email = 'forget-me@example.com'
const device = { headers: { 'user-agent': 'BrowserOfAlice' } }

async function erase(server: TestServer, body: object, token: string = rootToken) {
  return server.call('POST', '/api/admin/erase', { token, body })
}

test('nothing of an erased account is left, on the server and in its files', async () => {
  const data = mkdtempSync(join(tmpdir(), 'ddb-account-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const server = await useTestServer({ config: { data } })
  const { body } = await server.call('POST', '/api/auth/signup', {
    ...device,
    body: { email, password: 'correct horse', name: 'Alice Unforgotten' },
  })
  await server.call('POST', '/api/auth/signout', { token: body.access_token })
  // Sweeps the session that has ended, of which the history is left.
  const alice = await server.signIn(email, undefined, device)
  await server.call('POST', '/api/auth/signin', { body: { email, password: 'wrong horse' } })
  const { roles } = (await server.call('GET', '/api/auth/me', { token: alice.token })).body
  expect(roles).toEqual(['user'])

  const key = alice.userId.replace('user:', '')
  const needles = { email, name: 'Alice Unforgotten', device: 'BrowserOfAlice', hash: '$argon2id$', key }
  const before = findBytes(data, needles).map((hit) => hit.replace(/ in .*/, ''))
  expect(new Set(before)).toEqual(new Set(Object.keys(needles)))
  expect((await erase(server, { account: email, reason: 'ticket 7' })).body).toMatchObject({ records: 5 })

  for (const path of ['/api/auth/me', `/api/data/user/${key}`]) {
    expect((await server.call('GET', path, { token: alice.token })).status, path).toBe(401)
  }
  const refresh = { body: { refresh_token: alice.refreshToken } }
  expect((await server.call('POST', '/api/auth/refresh', refresh)).status).toBe(401)
  const again = await server.call('POST', '/api/auth/signin', { body: { email, password: 'correct horse' } })
  expect(again.body.error.reason).toBe('AUTH_CREDENTIALS_INVALID')

  await expect
    .poll(async () => (await server.call('GET', '/api/admin/forgetting', { token: rootToken })).body.state)
    .toBe('complete')
  await server.server.close()
  expect(findBytes(data, needles)).toEqual([])
})

test('an account is erased by its id, by who may, once', async () => {
  const server = await useTestServer()
  const other = await server.signUp('other@example.com')
  const { userId, token } = await server.signUp(email)
  expect((await erase(server, { account: userId }, token)).status).toBe(403)
  expect((await erase(server, { account: userId, id: userId })).status).toBe(400)
  expect((await erase(server, { account: userId, reason: `${userId} asked` })).status).toBe(400)
  expect((await server.call('GET', '/api/auth/me', { token })).status).toBe(200)
  // The record it acts as may have gone before.
  expect((await erase(server, { id: userId })).body).toMatchObject({ records: 1 })
  expect((await erase(server, { account: userId })).body).toMatchObject({ records: 2 })
  expect((await erase(server, { account: userId })).status).toBe(404)
  expect((await erase(server, { account: email })).status).toBe(404)
  expect((await erase(server, { id: '⟨$user⟩:x' })).body.error.reason).toBe('FORGET_SYSTEM_RECORD')
  expect((await server.call('GET', '/api/auth/me', { token: other.token })).status).toBe(200)
  // The email is free again, and who comes with it is somebody else.
  expect((await server.signUp(email)).userId).not.toBe(userId)
})
