/** A command by its name. */

import type { Command } from './command.ts'

/** @throws CLI_COMMAND_UNKNOWN */
export async function findCommand(name: string, commands: readonly Command[]): Promise<Command> {
  const command = commands.find((each) => each.name === name)
  if (command !== undefined) return command
  const [{ cliErrors }, { nearestWord }] = await Promise.all([
    import('../cli-errors.ts'),
    import('../arguments/nearest-word.ts'),
  ])
  const near = nearestWord(
    name,
    commands.map((each) => each.name),
  )
  throw cliErrors.COMMAND_UNKNOWN({ name, hint: near === undefined ? '' : `; did you mean "ddb ${near}"?` })
}
