/**
 * An option of a command, once: parsing, help and docs/cli.md follow from it.
 */

export interface Option {
  /** Without its dashes. */
  readonly name: string
  /** A letter for it. */
  readonly short?: string
  /** What stands for its value in the help; an option without one is a switch. */
  readonly value?: string
  /** The words it accepts, when these are few. */
  readonly choices?: readonly string[]
  /** Used when nobody gives it; as the help prints it. */
  readonly default?: string
  /** Environment variable that gives it when the command line does not. */
  readonly env?: string
  /** What it means, in a sentence without its full stop. */
  readonly about: string
}

/** Every command has it. */
export const helpOption: Option = { name: 'help', short: 'h', about: 'show this help' }
