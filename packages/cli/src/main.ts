#!/usr/bin/env node
/**
 * `ddb`, the command.
 * Why everything is imported when it is needed: `ddb version` should not wait for a server, nor a server for
 * a REPL.
 * The compile cache halves the start from the second one on, and costs nothing where its folder cannot be
 * written.
 * Why V8 is told not to pretenure: after large commits it takes what writes are made of for long-lived, and
 * what such objects refer to stays until the next full collection: three times as much time for garbage
 * (docs/performance.md).
 */

import { enableCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

enableCompileCache()
setFlagsFromString('--no-allocation-site-pretenuring')
const { runCli } = await import('./run-cli.ts')
const exitCode = await runCli(process.argv.slice(2), process)
// What is still in a pipe would be lost otherwise.
const { flush } = await import('./output/write-text.ts')
await Promise.all([flush(process.stdout), flush(process.stderr)])
// Not by running dry: while node winds down a second signal of one Ctrl-C would end it by its default action.
process.exit(exitCode)
