/**
 * A server in this process, until it is told to stop.
 */

import { loadConfig, openServer, runUntilSignal } from '@dendrodb/server'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import { printableLine } from '../output/printable.ts'
import { startBanner } from './banner.ts'
import { signalsOncePerPress } from './signals-once-per-press.ts'
import { openTerminalLog } from './terminal-log.ts'

/** The exit code: 0 when it was stopped in order. @throws CONFIG_*, SERVER_*, STORAGE_LOCKED, … */
export async function runStart(args: readonly string[], io: CliIo): Promise<number> {
  const { config, warnings } = loadConfig({ args: args[0] === '--' ? args.slice(1) : args, env: io.env })
  for (const warning of warnings) io.stderr.write(`warning: ${printableLine(warning)}\n`)
  const isTerminal = io.stdout.isTTY === true
  const server = await openServer({
    config,
    ...(isTerminal && { log: openTerminalLog(io.stdout, config.logLevel, paintFor(io.stdout, io)) }),
  })
  // Among lines of JSON a banner would be noise, so that it goes where people look.
  const people = isTerminal ? io.stdout : io.stderr
  if (config.logLevel !== 'silent') people.write(startBanner({ config, server }, paintFor(people, io)))
  await runUntilSignal(server, signalsOncePerPress(process))
  if (isTerminal) io.stdout.write('stopped\n')
  return 0
}
