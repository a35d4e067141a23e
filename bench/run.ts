/**
 * `npm run bench`: installs the peers on the first run, because they are no dependency of the product, then
 * compares.
 */

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
if (!existsSync(`${folder}node_modules/@surrealdb/node`)) {
  process.stdout.write('installing the peers of the bench …\n')
  const npm = process.env.npm_execpath
  const [command, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  execFileSync(command, [...args, 'install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
}

await import('./compare.ts')
