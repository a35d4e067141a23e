/**
 * `npm run bench`: installs the peers on the first run, because they are no dependency of the product, then
 * compares. Threads of the engine run from a bundle, as they do where the product is installed, and not from
 * sources whose types node would have to strip first; V8 does not pretenure, as under `ddb`.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundledTestPrograms } from '../scripts/start/bundle.mjs'

const folder = fileURLToPath(new URL('.', import.meta.url))
if (!existsSync(`${folder}node_modules/@surrealdb/node`)) {
  process.stdout.write('installing the peers of the bench …\n')
  const npm = process.env.npm_execpath
  const [command, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  execFileSync(command, [...args, 'install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
}

const hook = new URL('../scripts/testing/run-bundled.mjs', import.meta.url).href
const flags = ['--no-allocation-site-pretenuring', '--import', hook]
const run = spawnSync(process.execPath, [...flags, `${folder}compare.ts`, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, DENDRODB_TEST_BUNDLES: JSON.stringify(await bundledTestPrograms()) },
})
process.exitCode = run.status ?? 1
