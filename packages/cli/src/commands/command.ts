/**
 * A command of `ddb`: what its help says, and where its work is loaded from.
 * A new one is a file beside this one and a line in commands.ts.
 */

import type { Option } from '../arguments/option.ts'
import type { Arguments } from '../arguments/parse-arguments.ts'
import type { CliIo } from '../cli-io.ts'

export interface Example {
  readonly command: string
  /** What it does, in a few words. */
  readonly about: string
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What stands after the name: `[file] [options]`. */
  readonly usage: string
  /** Paragraphs. */
  readonly about: readonly string[]
  readonly options: readonly Option[]
  readonly operandsMax: number
  readonly examples: readonly Example[]
  /**
   * Hands the arguments over as they are, for a command whose options are known elsewhere; `options` then is
   * what the help shows.
   */
  readonly parsesItself?: boolean
  /** Gives the exit code. */
  run(call: CommandCall): Promise<number>
}

export interface CommandCall {
  readonly args: Arguments
  readonly rawArgs: readonly string[]
  readonly io: CliIo
  /** All commands, for the one that explains them. */
  readonly commands: readonly Command[]
}
