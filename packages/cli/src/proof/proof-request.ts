/**
 * What `ddb proof` is asked for: a commit, a record, growth, or the public key. One of them.
 */

import { RecordId } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'

export type ProofRequest =
  | { readonly type: 'key' }
  | {
      readonly type: 'commit'
      readonly seq: number
      readonly size: number | undefined
      readonly meta: boolean
    }
  | {
      readonly type: 'record'
      readonly record: RecordId
      readonly asOf: number | undefined
      readonly size: number | undefined
      readonly meta: boolean
    }
  | { readonly type: 'consistency'; readonly from: number; readonly size: number | undefined }

/** @throws CLI_OPTIONS_CLASH, CLI_OPTION_VALUE, CLI_PROOF_SUBJECT, LITERAL_SYNTAX */
export function proofRequest(args: Arguments): ProofRequest {
  const [record] = args.operands
  const subjects = [
    ...(record === undefined ? [] : ['a record']),
    ...(['seq', 'from', 'public-key'] as const).filter((name) => args.has(name)).map((name) => `--${name}`),
  ]
  const [one, other] = subjects
  if (one === undefined) throw cliErrors.PROOF_SUBJECT()
  if (other !== undefined) throw cliErrors.OPTIONS_CLASH({ one, other })
  checkBelongs(args, 'as-of', one, ['a record'])
  checkBelongs(args, 'meta', one, ['a record', '--seq'])
  checkBelongs(args, 'size', one, ['a record', '--seq', '--from'])
  if (one === '--public-key') return { type: 'key' }
  const size = optionNumber(args, 'size')
  const meta = args.has('meta')
  const seq = optionNumber(args, 'seq')
  if (seq !== undefined) return { type: 'commit', seq, size, meta }
  const from = optionNumber(args, 'from')
  if (from !== undefined) return { type: 'consistency', from, size }
  return {
    type: 'record',
    record: RecordId.parse(record ?? ''),
    asOf: optionNumber(args, 'as-of'),
    size,
    meta,
  }
}

function checkBelongs(args: Arguments, name: string, subject: string, subjects: readonly string[]): void {
  if (args.has(name) && !subjects.includes(subject)) {
    throw cliErrors.OPTIONS_CLASH({ one: subject, other: `--${name}` })
  }
}

function optionNumber(args: Arguments, name: string): number | undefined {
  const text = args.value(name)
  if (text === undefined) return undefined
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw cliErrors.OPTION_VALUE({ name: `--${name}`, problem: `must be a number of commits, not "${text}"` })
}
