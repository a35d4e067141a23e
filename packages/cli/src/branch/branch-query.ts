/** The DQL statements behind `ddb branch`. */

import { Datetime, DbError, formatIdentifier, formatValue, type Value } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'

export function createQuery(name: string, args: Arguments): string {
  const comment = args.value('comment')
  return [
    `DEFINE BRANCH ${formatIdentifier(name)}`,
    clause('FROM', identifier(args.value('from'))),
    clause('AT', timeText(args)),
    clause('COMMENT', comment && formatValue(comment)),
  ].join('')
}

/** @throws CLI_OPTION_VALUE, CLI_OPTIONS_CLASH */
export function diffQuery(name: string, args: Arguments): string {
  const from = args.value('from')
  const at = timeText(args)
  if (at !== undefined && from === undefined) {
    throw cliErrors.OPTION_VALUE({ name: '--at', problem: 'goes with --from: it says when' })
  }
  const tables = args.values('table').map(formatIdentifier).join(', ')
  return [
    `DIFF BRANCH ${formatIdentifier(name)}`,
    clause('FROM', identifier(from)),
    clause('AT', at),
    clause('TABLES', tables || undefined),
    clause('LIMIT', limitText(args.value('limit'))),
  ].join('')
}

/** @throws CLI_OPTION_VALUE */
export function mergeQuery(name: string, args: Arguments): string {
  return [
    `MERGE BRANCH ${formatIdentifier(name)}`,
    clause('INTO', identifier(args.value('into'))),
    args.has('strict') ? ' STRICT' : '',
    clause('RESOLVE', resolveText(args.values('resolve'))),
  ].join('')
}

const resolutionPattern = /^(?:(?<id>.+)=)?(?<side>ours|theirs|delete)$/s

/** As an object by record ids, `*` for all others. @throws CLI_OPTION_VALUE */
function resolveText(given: readonly string[]): string | undefined {
  if (given.length === 0) return undefined
  const entries = given.map((each): [string, Value] => {
    const { id = '*', side } = resolutionPattern.exec(each)?.groups ?? {}
    if (side === undefined || (id === '*' && side === 'delete')) {
      const problem = `must be ours or theirs, or a record's id with =ours, =theirs or =delete, not "${each}"`
      throw cliErrors.OPTION_VALUE({ name: '--resolve', problem })
    }
    return [id, side === 'delete' ? null : side]
  })
  return formatValue(Object.fromEntries(entries))
}

function clause(word: string, text: string | undefined): string {
  return text === undefined ? '' : ` ${word} ${text}`
}

function identifier(name: string | undefined): string | undefined {
  return name === undefined ? undefined : formatIdentifier(name)
}

/** @throws CLI_OPTION_VALUE */
function timeText(args: Arguments): string | undefined {
  const at = args.value('at')
  if (at === undefined || /^\d{1,16}$/.test(at)) return at
  try {
    return formatValue(Datetime.parse(at))
  } catch (error) {
    if (!(error instanceof DbError)) throw error
    const problem = `must be the number of a commit or a datetime, not "${at}"`
    throw cliErrors.OPTION_VALUE({ name: '--at', problem }, { cause: error })
  }
}

function limitText(limit: string | undefined): string | undefined {
  if (limit === undefined || /^\d{1,9}$/.test(limit)) return limit
  throw cliErrors.OPTION_VALUE({ name: '--limit', problem: `must be a number, not "${limit}"` })
}
