/**
 * A server in this process, until it is told to stop.
 */

import {
  type Config,
  type Log,
  loadConfig,
  openServer,
  runUntilSignal,
  type Server,
  type SignalSource,
} from '@dendrodb/server'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import { printableLine } from '../output/printable.ts'
import { startBanner } from './banner.ts'
import { quietStart } from './quiet-start.ts'
import { signalsOncePerPress } from './signals-once-per-press.ts'
import { openTerminalLog } from './terminal-log.ts'

/** The exit code: 0 when it was stopped in order. @throws CONFIG_*, SERVER_*, STORAGE_LOCKED, … */
export async function runStart(
  args: readonly string[],
  io: CliIo,
  signals: SignalSource = process,
): Promise<number> {
  // `npm start -- -- --port 1`, and habit.
  const flags = args[0] === '--' ? args.slice(1) : args
  const { config, warnings } = loadConfig({ args: flags, env: io.env })
  for (const warning of warnings) io.stderr.write(`warning: ${printableLine(warning)}\n`)
  const isTerminal = io.stdout.isTTY === true
  const server = isTerminal ? await openOnTerminal(config, io) : await openServer({ config })
  // Before anybody is told that it runs, as they may stop it at once.
  const ended = runUntilSignal(server, signalsOncePerPress(signals))
  // Among lines of JSON a banner would be noise, so that it goes where people look.
  const people = isTerminal ? io.stdout : io.stderr
  if (config.logLevel !== 'silent') {
    people.write(startBanner({ config, server, env: io.env }, paintFor(people, io)))
  }
  await ended
  // Over the ^C that the terminal shows.
  if (isTerminal) io.stdout.write('\rDendroDB has stopped.\n')
  return 0
}

async function openOnTerminal(config: Config, { stdout, env }: CliIo): Promise<Server> {
  const terminalLog: Log = openTerminalLog(stdout, config.logLevel, paintFor(stdout, { env }))
  const { log, release } = quietStart(terminalLog)
  const server = await openServer({ config, log })
  release()
  return server
}
