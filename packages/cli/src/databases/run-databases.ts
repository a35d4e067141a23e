/**
 * `ddb db`: the databases of a server, or of a folder.
 */

import { readFile } from 'node:fs/promises'
import { parseJson, stringifyJson, type Value } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { writeLines } from '../output/write-text.ts'
import { openTarget, type Target } from '../target/open-target.ts'

const actions = ['list', 'create', 'drop'] as const

type Action = (typeof actions)[number]

/** The exit code. @throws CLI_*, ENGINE_*, what the server says */
export async function runDatabases(args: Arguments, io: CliIo): Promise<number> {
  const action = actionOf(args)
  const name = nameOf(action, args)
  const target = await openTarget(args, io, { makes: action === 'create' })
  try {
    await writeLines(io.stdout, await carryOut(action, name, target, args))
  } finally {
    await target.close()
  }
  return 0
}

/** What is to be printed. */
async function carryOut(
  action: Action,
  name: string,
  target: Target,
  args: Arguments,
): Promise<readonly string[]> {
  const isForProgram = args.has('json')
  switch (action) {
    case 'list': {
      const names = await target.databaseNames()
      return isForProgram ? names.map((each) => stringifyJson({ name: each })) : names
    }
    case 'create': {
      const hash = args.value('hash')
      const init = await initOf(args.value('init'))
      const { seq, head } = await target.createDatabase(name, {
        ...(hash !== undefined && { hash }),
        ...(init !== undefined && { init }),
      })
      return [isForProgram ? stringifyJson({ name, seq, head }) : `created ${name} (commit ${seq})`]
    }
    case 'drop': {
      const isPurged = args.has('purge')
      await target.dropDatabase(name, isPurged)
      if (isForProgram) return [stringifyJson({ name, purged: isPurged })]
      return [isPurged ? `removed ${name}` : `dropped ${name}; its files are in the folder trash for a while`]
    }
    default:
      return action satisfies never
  }
}

/** @throws CLI_FILE_UNREADABLE, JSON_* */
async function initOf(file: string | undefined): Promise<Value> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw cliErrors.FILE_UNREADABLE({ file, problem: error.code ?? error.message }, { cause: error })
  })
  return parseJson(text)
}

/** @throws CLI_OPERAND_MISSING, CLI_ARGUMENT_UNEXPECTED */
function actionOf({ operands: [given] }: Arguments): Action {
  if (given === undefined) {
    throw cliErrors.OPERAND_MISSING({ command: 'db', operand: `word: ${actions.join(', ')}` })
  }
  const action = actions.find((each) => each === given)
  if (action === undefined) throw cliErrors.ARGUMENT_UNEXPECTED({ command: 'db', argument: given })
  return action
}

/** @throws CLI_OPERAND_MISSING, CLI_ARGUMENT_UNEXPECTED */
function nameOf(action: Action, { operands: [, name] }: Arguments): string {
  if (action === 'list') {
    if (name !== undefined) throw cliErrors.ARGUMENT_UNEXPECTED({ command: 'db list', argument: name })
    return ''
  }
  if (name === undefined) {
    throw cliErrors.OPERAND_MISSING({ command: `db ${action}`, operand: 'name of a database' })
  }
  return name
}
