/** docs/cli.md against the command: the tables of options, and the sessions, which are run. */

import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { errorStatusTable } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { missingLine } from '../../../scripts/testing/expected-output.ts'
import { markdownBlocks } from '../../../scripts/testing/markdown-blocks.ts'
import { optionUsage } from './arguments/help-text.ts'
import { helpOption, type Option } from './arguments/option.ts'
import { commands } from './commands/commands.ts'
import { dotCommands } from './sql/repl/dot-commands.ts'
import { mainFile, startServer, temporaryFolder } from './testing/run-ddb.ts'

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
const sections = new Map(
  page.split(/^(?=## )/m).map((section) => [/^## (.*)/.exec(section)?.[1] ?? '', section]),
)

function code(name: string | undefined): string {
  return name === undefined ? '' : `\`${name}\``
}

function optionRow(option: Option): string {
  const { about, choices, default: fallback, env } = option
  const words = choices === undefined ? '' : `: ${choices.map(code).join(', ')}`
  return `| ${code(optionUsage(option).trim())} | ${about}${words} | ${code(fallback)} | ${code(env)} |`
}

test.each(
  commands.filter(({ options }) => options.length > 0).map((command) => [command.name, command] as const),
)('the table of ddb %s has exactly the options of its help', (name, { options }) => {
  const rows = [...options, helpOption].map(optionRow)
  const table = ['| option | what it means | default | environment |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  )
  expect(sections.get(`ddb ${name}`)).toContain(`\n${table}\n`)
})

test('every command has its section, and no other has one', () => {
  const named = [...sections.keys()].filter((title) => title.startsWith('ddb '))
  expect(named).toEqual(commands.map(({ name }) => `ddb ${name}`))
})

test('the commands of the prompt are those of .help', () => {
  const rows = dotCommands.map(({ name, usage, about }) => {
    const use = `${name} ${usage}`.trim().replaceAll('|', '\\|')
    return `| \`${use}\` | ${about} |`
  })
  expect(page).toContain(`\n${['| command | |', '|---|---|', ...rows, ''].join('\n')}\n`)
})

test('every exit code of an error is explained', () => {
  const codes = new Set(Object.values(errorStatusTable).map(({ exit }) => exit))
  for (const exit of codes) expect(page).toMatch(new RegExp(`^\\| ${exit} \\| \\w`, 'm'))
})

interface Step {
  readonly command: string
  readonly expected: string
  readonly exitCode: string | undefined
  readonly line: number
}

/** Commands behind `$`, what they print, and their exit code where the page shows it. */
function stepsOf(block: { readonly text: string; readonly line: number }): readonly Step[] {
  const steps: Step[] = []
  for (const session of block.text.split(/^(?=\$ )/m)) {
    const [first = '', ...rest] = session.trimEnd().split('\n')
    const exitCode = /^\[code (.*)\]$/.exec(rest.at(-1) ?? '')?.[1]
    const expected = (exitCode === undefined ? rest : rest.slice(0, -1)).join('\n')
    steps.push({ command: first.slice(2), expected, exitCode, line: block.line })
  }
  return steps
}

test('the sessions of the page print what it shows', { timeout: 120_000 }, async () => {
  const blocks = markdownBlocks(page).filter(({ language }) => language === 'console')
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'ddb'), `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`, {
    mode: 0o755,
  })
  const script = blocks.flatMap(stepsOf).find(({ command }) => command === 'cat load.dql')
  writeFileSync(join(cwd, 'load.dql'), `${script?.expected}\n`)
  const server = await startServer({ cwd })
  await server.waitForError(/Ctrl-C/)
  const asOnPage = (output: string) =>
    output
      .replaceAll(cwd, '/home/ann/shop')
      .replaceAll(server.url, 'http://127.0.0.1:7700')
      .replaceAll(' --url http://127.0.0.1:7700', '')
  for (const block of blocks) {
    if (block.marks.includes('stopped')) {
      server.child.kill('SIGTERM')
      await server.ended
    }
    for (const step of stepsOf(block)) {
      const isStart = block.marks.includes('start')
      const { output, exitCode } = isStart
        ? { output: server.stderr, exitCode: 0 }
        : await shell(step.command, cwd, server.url)
      const where = `docs/cli.md:${step.line}: ${step.command}`
      expect({ where, missing: missingLine({ text: step.expected }, asOnPage(output)) }).toEqual({ where })
      if (step.exitCode !== undefined && step.exitCode !== '…')
        expect({ where, exitCode }).toEqual({ where, exitCode: Number(step.exitCode) })
    }
  }
})

async function shell(command: string, cwd: string, url: string) {
  const child = spawn('/bin/sh', ['-c', `exec 2>&1; ${command}`], {
    cwd,
    env: { PATH: `${cwd}:${process.env.PATH}`, HOME: join(cwd, 'home'), DDB_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const output = await text(child.stdout)
  return { output, exitCode: await closed }
}
