import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { collectingStream } from '../output/testing/collecting-stream.ts'
import { askPassword } from './ask-password.ts'
import { FakeTerminal, keys } from './repl/testing/fake-terminal.ts'

const email = 'ann@example.com'

test('takes a line, and shows nothing of it', async () => {
  const terminal = new FakeTerminal()
  const asked = askPassword(email, terminal.io)
  await terminal.until(`Password of ${email}: `)
  terminal.press('sécret word', keys.enter)
  expect(await asked).toBe('sécret word')
  expect(await terminal.until('\n')).toBe('\n')
  expect(terminal.rawModes.at(-1)).toBe(false)
})

test.each([keys.ctrlC, keys.ctrlD])('%j is no password', async (key) => {
  const terminal = new FakeTerminal()
  const asked = askPassword(email, terminal.io)
  terminal.press(key)
  await expect(asked).rejects.toMatchObject({ code: 'CLI_INTERRUPTED' })
  expect(terminal.rawModes.at(-1)).toBe(false)
})

test('does not ask where nobody can answer', async () => {
  const io = { stdin: new PassThrough(), stderr: collectingStream() }
  await expect(askPassword(email, io)).rejects.toMatchObject({ code: 'CLI_OPTION_VALUE' })
  expect(io.stderr.text).toBe('')
})
