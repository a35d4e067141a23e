/**
 * What a person sees when the server is up: where it is, where its data is, and what to do next.
 */

import { join, resolve } from 'node:path'
import type { Config, Server } from '@dendrodb/server'
import type { Paint } from '../output/paint.ts'
import { version } from '../version.ts'

export interface StartedServer {
  readonly config: Config
  readonly server: Pick<Server, 'url'>
  readonly env: Readonly<Record<string, string | undefined>>
}

export function startBanner(started: StartedServer, paint: Paint): string {
  const { config, server } = started
  return [
    '',
    `  ${paint.bold(`DendroDB ${version}`)} listens on ${paint.green(server.url)}`,
    '',
    `  ${paint.dim('data      ')}  ${config.data === ':memory:' ? 'in memory; nothing is kept' : config.data}`,
    `  ${paint.dim('root token')}  ${tokenPlace(config)}`,
    '',
    ...nextSteps(started).map(([command, about]) => `  ${paint.cyan(command)}  ${paint.dim(about)}`),
    '',
    `  ${paint.dim('Ctrl-C stops it.')}`,
    '',
    '',
  ].join('\n')
}

/** Where the administrator's token is, never the token. */
function tokenPlace({ data, rootToken }: Config): string {
  if (rootToken !== undefined) return 'as configured (DDB_ROOT_TOKEN)'
  if (data === ':memory:') return 'unknown to all; set DDB_ROOT_TOKEN to choose one'
  return join(data, 'root-token')
}

/** Commands that find this server from another terminal in the same folder. */
function nextSteps({ config, server, env }: StartedServer): readonly (readonly [string, string])[] {
  const url = localUrl(server.url)
  const ddb = commandName(env)
  const where = url === 'http://127.0.0.1:7700' ? '' : ` --url ${url}`
  const isFound = config.data === resolve('ddb-data') || config.data === ':memory:'
  const data = isFound ? '' : ` --data ${shellWord(config.data)}`
  const steps = [
    [`${ddb} sql${where}${data}`, 'ask it, from another terminal'],
    [`${ddb} status${where}${data}`, 'see how it is'],
    [`curl ${url}/health`, 'reach it over HTTP'],
  ] as const
  const width = Math.max(...steps.map(([command]) => command.length))
  return steps.map(([command, about]) => [command.padEnd(width), about] as const)
}

/** An address that stands for all of a machine's is none to connect to. */
function localUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

/** How `ddb` is called by whoever started this process: npm has not put it on their path. */
function commandName({ npm_lifecycle_event: event }: StartedServer['env']): string {
  if (event === undefined) return 'ddb'
  return event === 'npx' ? 'npx dendrodb' : 'npx ddb'
}

function shellWord(path: string): string {
  return /^[\w./~:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
