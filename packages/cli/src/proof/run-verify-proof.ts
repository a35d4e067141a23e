/**
 * `ddb verify-proof`: checks a proof file with neither a server nor a database, and says what it proves and
 * whom one has to trust for it.
 */

import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import {
  DbError,
  formatValue,
  proofLimits,
  stringifyJson,
  type Value,
  type VerifiedCommit,
  type VerifiedProof,
  verifyProof,
} from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { type Paint, paintFor } from '../output/paint.ts'
import { printableJson, printableLine } from '../output/printable.ts'
import { exitCodeOf } from '../output/report-error.ts'
import { readScript } from '../sql/script-source.ts'

/** The exit code: 0 for a proof that holds. @throws CLI_FILE_UNREADABLE, PROOF_* */
export async function runVerifyProof(args: Arguments, io: CliIo): Promise<number> {
  const [file] = args.operands
  if (file === undefined) throw cliErrors.PROOF_FILE()
  const stream = file === '-' ? io.stdin : createReadStream(file)
  const text = await readScript(stream, file === '-' ? 'standard input' : file, proofLimits.fileCharsMax)
  const options = { key: await keyOf(args), root: args.value('root') }
  if (args.has('json')) return verifyForProgram(text, options, io)
  const verified = await verifyProof(text, options)
  const paint = paintFor(io.stdout, io)
  for (const { name, value, color = paint.dim } of factsOf(verified, paint)) {
    io.stdout.write(`${color(name.padEnd(8))}  ${value}\n`)
  }
  return 0
}

/** The key itself, or what stands in a file that holds nothing else. */
async function keyOf(args: Arguments): Promise<string | undefined> {
  const given = args.value('key')
  if (given === undefined || given.includes('+')) return given?.trim()
  try {
    return (await readFile(given, 'utf8')).trim()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'there is no such file, and it is no key either' : (code ?? message)
    throw cliErrors.FILE_UNREADABLE({ file: given, problem }, { cause: error })
  }
}

/** A program reads one line, whether the proof holds or not. */
async function verifyForProgram(
  text: string,
  options: Parameters<typeof verifyProof>[1],
  { stdout }: CliIo,
): Promise<number> {
  try {
    const verified = await verifyProof(text, options)
    stdout.write(`${printableJson(stringifyJson(jsonOf(verified)))}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof DbError)) throw error
    const { expected, computed } = error.details
    const body = { valid: false, code: error.code, message: error.message, expected, computed }
    stdout.write(`${printableJson(JSON.stringify(body))}\n`)
    return exitCodeOf(error)
  }
}

function jsonOf(verified: VerifiedProof): Value {
  const { databaseId, checkpoint, ...rest } = verified
  const common = { valid: true, database_id: databaseId, checkpoint: { ...checkpoint } }
  if (rest.type === 'consistency') {
    const { fromSize, fromRoot, ...more } = rest
    return { ...common, ...more, from_size: fromSize, from_root: fromRoot }
  }
  const { record, meta, ...more } = rest
  if (record === undefined) return { ...common, ...more, ...(meta && { meta }) }
  const { id, fields, validFrom, validTo } = record
  const shown = { id, fields: fields ?? null, valid_from: validFrom ?? null, valid_to: validTo ?? null }
  return { ...common, ...more, ...(meta && { meta }), record: shown }
}

interface Fact {
  readonly name: string
  readonly value: string
  readonly color?: (text: string) => string
}

function factsOf(verified: VerifiedProof, paint: Paint): Fact[] {
  const { size, root, time } = verified.checkpoint
  return [
    { name: 'valid', value: claimOf(verified), color: paint.green },
    ...(verified.type === 'consistency' ? [] : commitFacts(verified)),
    { name: 'database', value: verified.databaseId },
    { name: 'tree', value: `${size} commits up to ${time}, root ${root}` },
    ...trustFacts(verified, paint),
  ]
}

function claimOf(verified: VerifiedProof): string {
  if (verified.type === 'consistency') {
    const { fromSize, fromRoot, checkpoint } = verified
    return `the first ${fromSize} of ${checkpoint.size} commits are still those with the root ${fromRoot}`
  }
  const { record, seq, type } = verified
  if (type === 'commit' || record === undefined) return `commit ${seq} is part of the history`
  const what = record.fields === undefined ? 'was deleted' : 'had these contents'
  return printableLine(`${record.id} ${what} in commit ${seq}`)
}

function commitFacts({ record, time, head, meta }: VerifiedCommit): Fact[] {
  const facts: Fact[] = []
  const valid = [record?.validFrom, record?.validTo]
  if (record?.fields !== undefined) facts.push({ name: 'record', value: shown(record.fields) })
  if (valid.some((bound) => bound !== undefined)) {
    facts.push({ name: 'validity', value: valid.map(shown).join(' to ') })
  }
  facts.push({ name: 'made', value: String(time) })
  if (meta !== undefined) facts.push({ name: 'by', value: shown(meta) })
  facts.push({ name: 'head', value: head })
  return facts
}

function trustFacts({ trusted, checkpoint }: VerifiedProof, paint: Paint): Fact[] {
  const facts: Fact[] = []
  if (trusted.includes('root')) facts.push({ name: 'trust', value: 'the root is the one you gave' })
  if (trusted.includes('key')) facts.push({ name: 'trust', value: 'it is signed with the key you gave' })
  else
    facts.push({ name: 'signed', value: `with ${printableLine(checkpoint.key)}, as the proof itself says` })
  if (trusted.length === 0) {
    const value = 'nobody yet: give --key or --root to know whose history this is'
    facts.push({ name: 'trust', value, color: paint.yellow })
  }
  return facts
}

function shown(value: Value): string {
  return printableLine(formatValue(value))
}
