import { describe, expect, test } from 'vitest'
import { MemoryHost } from '../packages/engine/src/query/testing/memory-host.ts'
import { parseConformance, parseExamples, runCase } from './run-conformance.ts'

const run = async (text: string) => {
  for (const each of parseConformance(text)) await runCase(new MemoryHost(), each)
}

describe('a case that does not hold fails, with its line', () => {
  test.each([
    ['another value', '--# x\nRETURN 1;\n--> 2', 'line 2: expected 2'],
    ['another kind of number', '--# x\nRETURN 1;\n--> 1f', 'line 2: expected 1f'],
    ['NONE is not a missing field', '--# x\nRETURN { a: NONE };\n--> {}', 'line 2: expected {}'],
    [
      'an error where a value is expected',
      '--# x\nRETURN 1 + "a";\n--> 2',
      'failed with OPERATOR_TYPE_MISMATCH',
    ],
    [
      'a value where an error is expected',
      '--# x\nRETURN 1;\n--! QUERY_THROWN',
      'expected QUERY_THROWN, found 1',
    ],
    ['another error', '--# x\nTHROW "a";\n--! QUERY_TIMEOUT', 'found QUERY_THROWN'],
    ['an earlier statement that fails', '--# x\nTHROW "a";\nRETURN 1;\n--> 1', 'statement 1 failed'],
    ['a last statement without expectation', '--# x\nTHROW "a";', 'statement 1 failed'],
    ['a text that does not parse', '--# x\nSELECT FROM;\n--> 1', 'the text was refused'],
    ['other statuses', '--# x\nRETURN 1; THROW "a";\n--= ok ok', 'found ok QUERY_THROWN'],
    ['a setup that fails', 'THROW "a";\n--# x\nRETURN 1;\n--> 1', 'line 1: statement 1 failed'],
  ])('%s', async (_, text, problem) => {
    await expect(run(text)).rejects.toThrow(problem)
  })
})

describe('a case that holds passes', () => {
  test.each([
    ['a value over several lines', '--# x\nRETURN [1,\n 2];\n--> [\n-->   1, 2\n--> ]'],
    ['an error', '--# x\nTHROW "a";\n--! QUERY_THROWN'],
    ['a text that does not parse', '--# x\nSELECT FROM;\n--! DQL_SYNTAX'],
    ['statuses', '--# x\nRETURN 1; THROW "a";\n--= ok QUERY_THROWN'],
    ['parameters', '--# x\n--$ n [1, 2]\nRETURN $n;\n--> [1, 2]'],
    ['sessions', '--# x\n--@ user:ann editor\nRETURN [$auth.id, $auth.roles];\n--> [user:ann, ["editor"]]'],
    [
      'what LET and USE have set',
      '--# x\nLET $a = 1; USE DB b;\n--> NONE\nRETURN [$a, $session.db];\n--> [1, "b"]',
    ],
    ['comments', '-- a file\n--# x\n-- a comment\nRETURN 1; -- another\n--> 1'],
  ])('%s', async (_, text) => {
    await run(text)
  })
})

test('the setup is run before every case, each on a database of its own', async () => {
  await run('CREATE t:1;\n--# a\nCREATE t:2;\nCOUNT t;\n--> 2\n--# b\nCOUNT t;\n--> 1')
})

test('examples of a page are cases named by their heading', () => {
  const page = '# Page\n\n## Part\n\n```dql\nRETURN 1;\n--> 1\n```\n\n```ts\nlet a\n```\n'
  expect(parseExamples(page)).toMatchObject([{ name: 'Part, line 5', steps: [{ text: 'RETURN 1;' }] }])
})

describe('NQL', () => {
  const runNql = async (text: string) => {
    for (const each of parseConformance(text, 'nql')) await runCase(new MemoryHost(), each)
  }
  const setup = '--< CREATE t:1 SET n = 2;\n--# x\n'

  test.each([
    ['rows', 'FROM t GROUP BY n\n--> [{ n: 2, count: 1 }]'],
    ['an error', 'FROM t LIMIT\n--! NQL_SYNTAX'],
    ['an error on other lines, with comments', '-- a comment\nFROM t\nLIMIT\n--! NQL_SYNTAX'],
    ['sessions', '--@ anonymous\nFROM t\n--! ACCESS_SIGN_IN_REQUIRED'],
  ])('a case that holds passes: %s', async (_, text) => {
    await runNql(setup + text)
  })

  test.each([
    ['other rows', 'FROM t GROUP BY n\n--> []', 'line 3: expected []'],
    ['an error where rows are expected', 'FROM t LIMIT\n--> []', 'line 3: the text was refused: NQL_SYNTAX'],
    ['rows where an error is expected', 'FROM t LIMIT 0\n--! NQL_SYNTAX', 'expected NQL_SYNTAX, found []'],
    ['DQL that fails', '--< THROW 1;\nFROM t LIMIT 0\n--> []', 'line 3: statement 1 failed'],
  ])('a case that does not hold fails, with its line: %s', async (_, text, problem) => {
    await expect(runNql(setup + text)).rejects.toThrow(problem)
  })

  test('examples of a page are about the records that it makes in DQL', () => {
    const page = '## Part\n\n```dql\nCREATE t:1;\nCREATE t:2;\n```\n\n```nql\nFROM t\n--> []\n```\n'
    expect(parseExamples(page, 'nql')).toMatchObject([
      {
        name: 'Part, line 8',
        steps: [{ language: 'dql', text: 'CREATE t:1; CREATE t:2;' }, { text: 'FROM t' }],
      },
    ])
  })
})
