import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { readScript, readScriptFile } from './script-source.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-script-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('reads UTF-8 that was cut anywhere, without its byte order mark', async () => {
  const bytes = Buffer.from('\ufeffRETURN "größe";')
  expect(await readScript(Readable.from([...bytes].map((byte) => Buffer.from([byte]))), 'x')).toBe(
    'RETURN "größe";',
  )
})

test('reads a file', async () => {
  const file = join(temporaryFolder(), 'a.dql')
  writeFileSync(file, 'RETURN 1')
  expect(await readScriptFile(file)).toBe('RETURN 1')
})

test('says what is wrong with a file', async () => {
  const folder = temporaryFolder()
  await expect(readScriptFile(join(folder, 'none'))).rejects.toMatchObject({
    code: 'CLI_FILE_UNREADABLE',
    message: expect.stringContaining('there is no such file'),
  })
  await expect(readScriptFile(folder)).rejects.toMatchObject({
    message: expect.stringContaining('it is a folder'),
  })
  const binary = join(folder, 'b')
  writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]))
  await expect(readScriptFile(binary)).rejects.toMatchObject({
    message: expect.stringContaining('it is not UTF-8'),
  })
})

test('reads up to the bound, and refuses one byte more', async () => {
  expect(await readScript(Readable.from([Buffer.from('1234'), Buffer.from('56')]), 'x', 6)).toBe('123456')
  await expect(
    readScript(Readable.from([Buffer.from('1234'), Buffer.from('567')]), 'x', 6),
  ).rejects.toMatchObject({
    code: 'CLI_FILE_UNREADABLE',
    message: 'the file x cannot be read: it has more than 6 bytes; split it',
  })
})
