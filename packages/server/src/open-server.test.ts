import { execFileSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Agent, get } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hasTool } from '../../../scripts/testing/has-tool.ts'
import { openServer } from './open-server.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { openTestServer, rootToken, testConfig, useTestServer } from './testing/test-server.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-server-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function textOfAllFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))
  return texts.join('\n')
}

/**
 * Sends requests over one connection, each after the answer to the last, until an answer says that it ends.
 */
class BusyClient {
  sent = 0
  answered = 0
  readonly answeredOnce: Promise<void>
  readonly ended: Promise<void>

  constructor(port: number) {
    const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1')
    const send = () => {
      this.sent += 1
      socket.write('GET /live HTTP/1.1\r\nHost: x\r\n\r\n')
    }
    socket.on('connect', send).on('error', () => {})
    this.ended = new Promise((resolve) => socket.on('close', () => resolve()))
    this.answeredOnce = new Promise((resolve) => {
      let received = ''
      socket.on('data', (chunk: string) => {
        received += chunk
        if (!received.endsWith('}')) return
        this.answered += 1
        const isLast = /\r\nconnection: close\r\n/i.test(received)
        received = ''
        resolve()
        if (!isLast) send()
      })
    })
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a data folder', () => {
  test('keeps accounts, sessions, keys and records from one start to the next', async () => {
    const data = await newFolder()
    const first = await openTestServer({ config: { data } })
    const ada = await first.signUp('ada@example.com')
    await first.call('PUT', '/api/data/note/1', { token: ada.token, body: { text: 'kept' } })
    await first.server.close()
    const second = await useTestServer({ config: { data } })
    const note = await second.call('GET', '/api/data/note/1', { token: ada.token })
    expect([note.status, note.body.data?.text]).toEqual([200, 'kept'])
    const body = { refresh_token: ada.refreshToken }
    expect((await second.call('POST', '/api/auth/refresh', { body })).status).toBe(200)
    expect((await second.signIn('ada@example.com')).userId).toBe(ada.userId)
  })

  test('has a root token of its own where none is configured, for its owner alone to read', async () => {
    const data = await newFolder()
    const config = { data, rootToken: undefined }
    const first = await openTestServer({ config })
    const token = (await readFile(join(data, 'root-token'), 'utf8')).trim()
    expect(token).toMatch(/^ddb_root_[0-9a-f]{64}$/)
    expect((await stat(join(data, 'root-token'))).mode & 0o777).toBe(0o600)
    const ask = (server: typeof first) =>
      server.call('POST', '/api/query', { token, body: { query: 'RETURN 1' } })
    expect((await ask(first)).status).toBe(200)
    await first.server.close()
    expect((await ask(await useTestServer({ config }))).status).toBe(200)
  })

  test('has no file for a root token that is configured', async () => {
    const data = await newFolder()
    await useTestServer({ config: { data } })
    expect(await readdir(data)).not.toContain('root-token')
  })

  test('holds neither passwords nor tokens in the clear', async () => {
    const data = await newFolder()
    const server = await openTestServer({ config: { data } })
    const ada = await server.signUp('ada@example.com', 'a password to look for')
    await server.server.close()
    const text = await textOfAllFiles(data)
    expect(text).toContain('ada@example.com')
    expect(text).toContain('argon2id')
    for (const secret of ['a password to look for', ada.token, ada.refreshToken, rootToken, 'PRIVATE KEY']) {
      expect(text).not.toContain(secret)
    }
    expect(text).not.toContain(Buffer.from(ada.refreshToken, 'base64url').subarray(0, 16).toString('latin1'))
  })

  test('is one server’s at a time, and the second says so', async () => {
    const data = await newFolder()
    await useTestServer({ config: { data } })
    await expect(openTestServer({ config: { data } })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  })

  test('that cannot be one is refused with its name', async () => {
    const folder = await newFolder()
    const data = join(folder, 'file')
    await writeFile(data, 'not a folder')
    await expect(openTestServer({ config: { data } })).rejects.toThrow(
      `the data folder ${data} cannot be used`,
    )
  })

  test.each([
    ['that is cut short', (file: string) => writeFile(file, 'ddb_root\n'), 'AUTH_ROOT_TOKEN_UNUSABLE'],
    ['that is a folder', (file: string) => mkdir(file), 'KEYS_SECRET_FILE'],
  ])('with a root token %s is refused', async (_, make, code) => {
    const data = await newFolder()
    await make(join(data, 'root-token'))
    await expect(openTestServer({ config: { data, rootToken: undefined } })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(join(data, 'root-token')),
    })
  })

  test('without a root token in its file gets a new one', async () => {
    const data = await newFolder()
    await writeFile(join(data, 'root-token'), '')
    await useTestServer({ config: { data, rootToken: undefined } })
    expect(await readFile(join(data, 'root-token'), 'utf8')).toMatch(/^ddb_root_[0-9a-f]{64}\n$/)
  })

  test('whose files fail is told to clients without its place, and logged with it', async () => {
    const data = await newFolder()
    const server = await useTestServer({ config: { data } })
    const main = await server.server.engine.database('main')
    const error = new DbError({
      code: 'STORAGE_FULL',
      status: 'unavailable',
      message: `the disk of ${data} is full`,
      details: { path: data },
    })
    main.run = () => Promise.reject(error)
    const { status, body } = await server.call('PUT', '/api/data/note/1', { token: rootToken, body: {} })
    expect([status, body.error.message]).toEqual([503, 'the disk of the data folder is full'])
    expect(JSON.stringify(body)).not.toContain(data)
    expect(server.logLines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining(data) }),
    )
  })

  test('with damaged keys is refused, and let go', async () => {
    const data = await newFolder()
    await mkdir(join(data, 'keys'))
    await writeFile(join(data, 'keys', 'signing-keys.json'), 'damaged')
    await expect(openTestServer({ config: { data } })).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' })
    await rm(join(data, 'keys'), { recursive: true })
    const server = await useTestServer({ config: { data } })
    expect((await server.call('GET', '/ready')).status).toBe(200)
  })
})

describe('a data folder under a master key', () => {
  const tmk = 'ab'.repeat(32)

  test('serves as any other, and holds nothing in the clear: no record, name, account, password or token', async () => {
    const data = await newFolder()
    const first = await openTestServer({ config: { data, tmk } })
    const ada = await first.signUp('ada@lovelace.example', 'a password to look for')
    await first.query('DEFINE INDEX mottoindex ON pamphlet FIELDS mottofield')
    const body = { mottofield: 'liberty', otherfield: ['equality'] }
    expect(
      (await first.call('PUT', '/api/data/pamphlet/fraternity', { token: ada.token, body })).status,
    ).toBe(201)
    await first.server.close()
    const second = await openTestServer({ config: { data, tmk } })
    expect((await second.signIn('ada@lovelace.example', 'a password to look for')).userId).toBe(ada.userId)
    const record = await second.call('GET', '/api/data/pamphlet/fraternity', { token: ada.token })
    expect(record.body.data).toMatchObject(body)
    await second.server.close()
    const text = await textOfAllFiles(data)
    expect(text).not.toMatch(
      /lovelace|argon2|mottoindex|pamphlet|mottofield|liberty|otherfield|equality|fraternity/,
    )
    for (const secret of [
      'a password to look for',
      ada.token,
      ada.refreshToken,
      tmk,
      'PRIVATE KEY',
      ada.userId,
    ]) {
      expect(text).not.toContain(secret)
    }
    expect(text).not.toContain(Buffer.from(tmk, 'hex').toString('latin1'))
    expect(JSON.stringify([first.logLines, second.logLines])).not.toContain(tmk)
  })

  test('does not open without it, nor with another one, and says so in its log', async () => {
    const data = await newFolder()
    await (await openTestServer({ config: { data, tmk } })).server.close()
    for (const [key, code] of [
      [undefined, 'STORAGE_KEY_NEEDED'],
      ['cd'.repeat(32), 'STORAGE_KEY_WRONG'],
    ] as const) {
      await expect(openTestServer({ config: { data, tmk: key } })).rejects.toMatchObject({ code })
    }
    const tmkFile = join(data, '..', `${basename(data)}.tmk`)
    await writeFile(tmkFile, `${tmk}\n`)
    onTestFinished(() => rm(tmkFile))
    const server = await useTestServer({ config: { data, tmkFile } })
    expect((await server.call('GET', '/ready')).status).toBe(200)
  })

  test('that was made without one is served in the clear, with a warning', async () => {
    const data = await newFolder()
    await (await openTestServer({ config: { data } })).server.close()
    const server = await useTestServer({ config: { data, tmk } })
    const warnings = server.logLines.filter(({ level }) => level === 'warn').map(({ message }) => message)
    expect(warnings).toEqual([expect.stringMatching(/main.* in the clear .*ddb seal/)])
    await server.signUp('ada@lovelace.example')
    expect(await textOfAllFiles(data)).toContain('lovelace')
  })
})

describe('an address', () => {
  test('that is taken is refused with what to do, logged, and the data folder let go', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const data = await newFolder()
    const lines: object[] = []
    const log = { request() {}, info() {}, warn() {}, error: (fields: object) => void lines.push(fields) }
    await expect(openServer({ config: testConfig({ data, port }), log })).rejects.toMatchObject({
      code: 'SERVER_PORT_TAKEN',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
    expect(lines).toEqual([{ code: 'SERVER_PORT_TAKEN', reason: expect.stringContaining('--port') }])
    await useTestServer({ config: { data } })
  })

  test('that is none of this machine’s is refused', async () => {
    await expect(openTestServer({ config: { host: '192.0.2.1' } })).rejects.toMatchObject({
      code: 'SERVER_ADDRESS_UNUSABLE',
    })
  })

  test('is told as a URL', async () => {
    const { server } = await useTestServer()
    expect(server.url).toBe(`http://127.0.0.1:${server.address.port}`)
  })
})

describe('shutdown', () => {
  test('finishes requests in flight, takes no more, then closes the engine', async () => {
    const test = await openTestServer()
    const slow = test.query('SLEEP 600ms; RETURN 42')
    await pause(100)
    const closed = test.server.close()
    const isServed = () =>
      test.call('GET', '/live').then(
        () => true,
        () => false,
      )
    await expect.poll(isServed, { interval: 20 }).toBe(false)
    expect(await slow).toBe(42)
    await closed
    await expect(test.server.engine.database('main')).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })

  test('loses no request of clients that keep their connections busy', async () => {
    const { server } = await openTestServer()
    const clients = Array.from({ length: 32 }, () => new BusyClient(server.address.port))
    await Promise.all(clients.map(({ answeredOnce }) => answeredOnce))
    await server.close()
    await Promise.all(clients.map(({ ended }) => ended))
    for (const { sent, answered } of clients) expect(answered).toBe(sent)
  })

  test('cuts off requests that take longer than they may', async () => {
    const test = await openTestServer({ config: { shutdownTimeoutMs: 100 } })
    const slow = test.query('SLEEP 2s; RETURN 42')
    const outcome = slow.then(
      () => 'answered',
      () => 'cut off',
    )
    await pause(100)
    await test.server.close()
    expect(await outcome).toBe('cut off')
    expect(test.logLines.some(({ level }) => level === 'warn')).toBe(true)
  })

  test('closes idle connections at once', async () => {
    const test = await openTestServer()
    await test.call('GET', '/live')
    await test.server.close()
  })

  test('twice is once', async () => {
    const { server } = await openTestServer()
    await Promise.all([server.close(), server.close()])
    await server.close()
  })
})

describe('runUntilSignal', () => {
  class FakeProcess extends EventEmitter {
    readonly exits: number[] = []
    exit(code: number): void {
      this.exits.push(code)
    }
  }

  test.each(['SIGINT', 'SIGTERM'])('closes the server at the first %s', async (signal) => {
    const { server } = await openTestServer()
    const process = new FakeProcess()
    const ended = runUntilSignal(server, process)
    process.emit(signal)
    await ended
    expect(process.exits).toEqual([])
    expect(process.listenerCount(signal)).toBe(0)
    await expect(server.engine.database('main')).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })

  test('exits at the second signal without waiting', async () => {
    const test = await openTestServer()
    const slow = test.query('SLEEP 300ms; RETURN 1')
    await pause(50)
    const process = new FakeProcess()
    const ended = runUntilSignal(test.server, process)
    process.emit('SIGINT')
    process.emit('SIGTERM')
    expect(process.exits).toEqual([130])
    await Promise.all([ended, slow])
  })
})

describe('TLS', () => {
  const certificateTool = 'openssl'

  test('needs certificate and key', async () => {
    for (const config of [{ tlsCert: '/x' }, { tlsKey: '/x' }]) {
      await expect(openTestServer({ config })).rejects.toMatchObject({ code: 'SERVER_TLS_INCOMPLETE' })
    }
    await expect(openTestServer({ config: { tlsCert: '/x', tlsKey: '/x' } })).rejects.toMatchObject({
      code: 'SERVER_TLS_UNUSABLE',
    })
  })

  test.skipIf(!hasTool(certificateTool, ['version']))(
    'serves HTTPS and tells browsers to stay with it',
    async () => {
      const folder = await newFolder()
      const [tlsCert, tlsKey] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
      const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes']
      const files = ['-keyout', tlsKey, '-out', tlsCert]
      execFileSync(certificateTool, ['req', '-x509', '-newkey', 'rsa:2048', ...subject, ...files], {
        stdio: 'ignore',
      })
      await chmod(tlsKey, 0o600)
      const { url } = await useTestServer({ config: { tlsCert, tlsKey } })
      expect(url).toMatch(/^https:/)
      const agent = new Agent({ ca: await readFile(tlsCert), checkServerIdentity: () => undefined })
      const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
        get(`${url}/live`, { agent }, (response) => {
          response.resume()
          resolve(response.headers)
        }).on('error', reject)
      })
      expect(headers['strict-transport-security']).toBe('max-age=63072000')
    },
  )
})
