import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cliErrors } from '../../cli-errors.ts'
import { QuerySession } from '../query-session.ts'
import { ResultView } from '../result-view.ts'
import { openTestSession } from '../testing/test-session.ts'
import { HistoryFile } from './history-file.ts'
import { Repl } from './repl.ts'
import { FakeTerminal, keys } from './testing/fake-terminal.ts'

async function openRepl() {
  const { session } = await openTestSession()
  const terminal = new FakeTerminal()
  const folder = mkdtempSync(join(tmpdir(), 'ddb-repl-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const historyFile = join(folder, 'history')
  const view = new ResultView({
    stdout: terminal.io.stdout,
    format: 'table',
    showsTiming: false,
    saysOk: true,
  })
  const start = () => {
    const repl = new Repl({ session, view, io: terminal.io, history: HistoryFile.open(historyFile) })
    return repl.run()
  }
  const ended = start()
  const greeting = await terminal.until('main> ')
  onTestFinished(async () => {
    terminal.end()
    await ended
  })
  return { terminal, session, ended, greeting, historyFile }
}

describe('a statement', () => {
  test('runs at its semicolon and shows its rows', async () => {
    const { terminal } = await openRepl()
    expect(await terminal.enter("CREATE user:1 SET name = 'Ann';")).toBe(
      'id     │ name\n───────┼─────\nuser:1 │ Ann\n1 row\n',
    )
  })

  test('may take several lines, and the prompt says what is missing', async () => {
    const { terminal } = await openRepl()
    await terminal.enter('RETURN [1,', '   (> ')
    await terminal.enter("'a", "   '> ")
    await terminal.enter("b'", '   (> ')
    await terminal.enter(']', '   -> ')
    expect(await terminal.enter(';')).toBe("[1, 'a\\nb']\n")
  })

  test('ends with an empty line too', async () => {
    const { terminal } = await openRepl()
    await terminal.enter('RETURN 1', '   -> ')
    expect(await terminal.enter('')).toBe('1\n')
  })

  test('does not end with an empty line inside of a bracket', async () => {
    const { terminal } = await openRepl()
    await terminal.enter('RETURN [', '   (> ')
    await terminal.enter('', '   (> ')
    expect(await terminal.enter('1];')).toBe('[1]\n')
  })

  test('is one of several on a line, and its error leaves the others alone', async () => {
    const { terminal } = await openRepl()
    const shown = await terminal.enter("RETURN 1; THROW 'no'; LET $a = 2; RETURN $a;")
    expect(shown).toBe('1\nerror: no [QUERY_THROWN]\nok\n2\n')
  })

  test('that does not parse shows a caret, and the session goes on', async () => {
    const { terminal } = await openRepl()
    expect(await terminal.enter('RETURN 1 + ;')).toMatch(/^error: unexpected .*\n {2}RETURN 1 \+\n {12}\^\n$/)
    expect(await terminal.enter('RETURN 2;')).toBe('2\n')
  })

  test('of a transaction waits for its end', async () => {
    const { terminal } = await openRepl()
    await terminal.enter('BEGIN;', '  tx> ')
    await terminal.enter('CREATE a:1 RETURN VALUE id;', '  tx> ')
    expect(await terminal.enter('COMMIT;')).toBe('[a:1]\n')
  })

  test('that is a comment only is passed over', async () => {
    const { terminal } = await openRepl()
    expect(await terminal.enter('-- nothing')).toBe('')
    expect(await terminal.enter('   ')).toBe('')
  })

  test('USE changes the prompt', async () => {
    const { terminal } = await openRepl()
    expect(await terminal.enter('USE DB shop;', 'shop> ')).toBe('ok\n')
  })
})

describe('what is pasted', () => {
  test('is shown line by line behind its prompts, and runs in order', async () => {
    const { terminal } = await openRepl()
    terminal.press("LET $a = 1;\nRETURN\n\t$a +\n\n1;\n.format json\nRETURN 'x';\n")
    expect((await terminal.until('"x"\n')).replaceAll('\r\n', '\n')).toBe(
      'LET $a = 1;\nok\nmain> RETURN\n   ->   $a +\n   -> \n   -> 1;\n2\n' +
        'main> .format json\nmain> RETURN \'x\';\n"x"\n',
    )
  })

  test('may be cut in the middle of a character', async () => {
    const { terminal } = await openRepl()
    for (const byte of Buffer.from("RETURN 'größe';\r")) terminal.press(Uint8Array.of(byte))
    expect(await terminal.until('main> ')).toContain("\n'größe'\n")
  })
})

describe('Ctrl-C', () => {
  test('cancels what is running, and drops what was typed behind it', async () => {
    const { terminal } = await openRepl()
    terminal.press('SLEEP 60s;', keys.enter)
    await terminal.until('\n')
    terminal.press("RETURN 'typed ahead';", keys.enter)
    terminal.press(keys.ctrlC)
    const shown = await terminal.until('main> ')
    expect(shown).toMatch(/^error: .*cancelled/)
    expect(shown).not.toContain('typed ahead')
    expect(await terminal.enter('RETURN 3;')).toBe('3\n')
  })

  test('clears the line, also one that goes on', async () => {
    const { terminal } = await openRepl()
    await terminal.enter("RETURN 'abc", "   '> ")
    terminal.press('def', keys.ctrlC)
    await terminal.until('^C\n')
    await terminal.until('main> ')
    expect(await terminal.enter('RETURN 4;')).toBe('4\n')
  })

  test('twice on an empty line leaves', async () => {
    const { terminal, ended } = await openRepl()
    terminal.press(keys.ctrlC)
    await terminal.until('(Ctrl-C again, Ctrl-D or .quit leaves)\n')
    terminal.press(keys.ctrlC)
    expect(await ended).toBe(0)
  })

  test('twice with something in between does not', async () => {
    const { terminal } = await openRepl()
    terminal.press(keys.ctrlC)
    await terminal.until('main> ')
    await terminal.enter('RETURN 1;')
    terminal.press(keys.ctrlC)
    await terminal.until('leaves)\n')
    await terminal.until('main> ')
    expect(await terminal.enter('RETURN 2;')).toBe('2\n')
  })
})

describe('leaving', () => {
  test.each(['.quit', '.exit', 'exit', 'QUIT;'])('with %s', async (word) => {
    const { terminal, ended } = await openRepl()
    terminal.press(word, keys.enter)
    expect(await ended).toBe(0)
  })

  test('with Ctrl-D, and the terminal is as it was', async () => {
    const { terminal, ended } = await openRepl()
    terminal.press(keys.ctrlD)
    expect(await ended).toBe(0)
    expect(terminal.rawModes.at(-1)).toBe(false)
  })

  test('when the terminal goes away, in the middle of a line that is then run', async () => {
    const { terminal, session, ended } = await openRepl()
    terminal.press('SLEEP 50ms; CREATE a:2;')
    terminal.end()
    expect(await ended).toBe(0)
    const [outcome] = await session.connection.run('RETURN record::exists(a:2)', { database: 'main' })
    expect(outcome).toMatchObject({ value: true })
  })

  test('when the terminal goes away, after what was typed has run', async () => {
    const { terminal, session, ended } = await openRepl()
    terminal.press('CREATE a:1;', keys.enter)
    terminal.end()
    expect(await ended).toBe(0)
    const [outcome] = await session.connection.run('RETURN record::exists(a:1)', { database: 'main' })
    expect(outcome).toMatchObject({ value: true })
  })
})

describe('the line', () => {
  test('completes keywords in the case that was begun, and tables', async () => {
    const { terminal } = await openRepl()
    await terminal.enter('CREATE customers:1;')
    terminal.press('sel')
    terminal.press(keys.tab)
    await terminal.until('select ')
    terminal.press('* FRO')
    terminal.press(keys.tab)
    await terminal.until('FROM ')
    terminal.press('cus')
    terminal.press(keys.tab)
    await terminal.until('customers ')
    terminal.press(';', keys.enter)
    expect(await terminal.until('main> ')).toContain('1 row')
  })

  test('recalls a statement of several lines whole', async () => {
    const { terminal } = await openRepl()
    await terminal.enter('RETURN', '   -> ')
    await terminal.enter('  1 + 1;')
    terminal.press(keys.up)
    await terminal.until('RETURN 1 + 1;')
    terminal.press(keys.enter)
    expect(await terminal.until('main> ')).toContain('2\n')
  })

  test('is kept for the next time, unless it begins with a blank', async () => {
    const { terminal, historyFile } = await openRepl()
    await terminal.enter('RETURN 1;')
    await terminal.enter(" RETURN 'secret';")
    await terminal.enter('.tables')
    terminal.press(keys.up)
    await terminal.until('.tables')
    terminal.press(keys.up)
    expect(await terminal.until('RETURN 1;')).not.toContain('secret')
    expect(readFileSync(historyFile, 'utf8')).toBe('RETURN 1;\n.tables\n')
  })
})

test('says what it is connected to and how to get help', async () => {
  const { greeting } = await openRepl()
  expect(greeting).toMatch(
    /^DendroDB \d+\.\d+\.\d+ at memory, database main\r?\nStatements end with ";".*\.help/,
  )
})

test('ends at once when nobody is there, and leaves the terminal as it was', async () => {
  const terminal = new FakeTerminal()
  const gone = cliErrors.SERVER_UNREACHABLE({ url: 'http://x', problem: 'gone' })
  const connection = {
    target: 'http://x',
    run: () => Promise.reject(gone),
    expectDatabase: async () => {},
    close: async () => {},
  }
  const view = new ResultView({
    stdout: terminal.io.stdout,
    format: 'table',
    showsTiming: false,
    saysOk: true,
  })
  const history = HistoryFile.open(join(tmpdir(), 'ddb-none', '\0'))
  const session = new QuerySession(connection, 'main')
  await expect(new Repl({ session, view, io: terminal.io, history }).run()).rejects.toBe(gone)
  expect(terminal.rawModes.at(-1)).toBe(false)
})
