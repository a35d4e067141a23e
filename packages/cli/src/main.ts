#!/usr/bin/env node
/**
 * `ddb`, the command.
 * Why everything is imported when it is needed: `ddb version` should not wait for a server, nor a server for
 * a REPL.
 * The compile cache halves the start from the second one on, and costs nothing where its folder cannot be
 * written.
 */

import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runCli } = await import('./run-cli.ts')
const exitCode = await runCli(process.argv.slice(2), process)
// What is still in a pipe would be lost otherwise.
const { flush } = await import('./output/write-text.ts')
await Promise.all([flush(process.stdout), flush(process.stderr)])
// Not by running dry: while node winds down a second signal of one Ctrl-C would end it by its default action.
process.exit(exitCode)
