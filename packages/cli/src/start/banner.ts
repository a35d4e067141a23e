/**
 * What a person sees when the server is up: where it is, where its data is, and what to do next.
 */

import { join } from 'node:path'
import type { Config, Server } from '@dendrodb/server'
import type { Paint } from '../output/paint.ts'
import { version } from '../version.ts'

export interface StartedServer {
  readonly config: Config
  readonly server: Pick<Server, 'url'>
}

const rootTokenFile = 'root-token'

export function startBanner({ config, server }: StartedServer, paint: Paint): string {
  const facts: [string, string][] = [
    ['data', config.data === ':memory:' ? 'in memory; nothing is kept' : config.data],
    ['token', tokenPlace(config)],
  ]
  return [
    '',
    `  ${paint.bold(`DendroDB ${version}`)} listens on ${paint.green(server.url)}`,
    '',
    ...facts.map(([name, value]) => `  ${paint.dim(name.padEnd(6))}  ${value}`),
    '',
    ...nextSteps({ config, server }).map(
      ([command, about]) => `  ${paint.cyan(command)}  ${paint.dim(about)}`,
    ),
    '',
    `  ${paint.dim('Ctrl-C stops it.')}`,
    '',
    '',
  ].join('\n')
}

function tokenPlace({ data, rootToken }: Config): string {
  if (rootToken !== undefined) return 'of the administrator: as configured (DDB_ROOT_TOKEN)'
  if (data === ':memory:') return 'of the administrator: none that is known; set DDB_ROOT_TOKEN to choose one'
  return `of the administrator: in ${join(data, rootTokenFile)}`
}

function nextSteps({ config, server }: StartedServer): [string, string][] {
  const where = server.url === 'http://127.0.0.1:7700' ? '' : ` --url ${server.url}`
  const data = config.data.endsWith('/ddb-data') || config.data === ':memory:' ? '' : ` --data ${config.data}`
  const steps: [string, string][] = [
    [`ddb sql${where}${data}`, 'ask it, in another terminal'],
    [`ddb status${where}${data}`, 'see how it is'],
    [`curl ${server.url}/health`, 'or over HTTP'],
  ]
  const width = Math.max(...steps.map(([command]) => command.length))
  return steps.map(([command, about]) => [command.padEnd(width), about])
}
