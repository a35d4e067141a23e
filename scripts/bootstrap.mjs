/**
 * Runs a script of this repository under the pinned Node, installing first what is missing or out of date.
 * Why: DendroDB needs Node 26 while the machine may have an older one, and native packages have to be
 * installed by the Node that loads them. So the pinned Node is fetched first and the install runs under it.
 * Plain JavaScript without dependencies, for Node 20 and up. It speaks on stderr: stdout is the script's.
 * Cost when all is up to date: one Node start and a hash of the lock files. See docs/adr/0002-pinned-node.md.
 *
 *   node scripts/bootstrap.mjs <script> [arguments…]
 *   node scripts/bootstrap.mjs --record      after an `npm install` by hand (package.json's postinstall)
 */
import path from 'node:path'
import { childEnv, installs, isCurrent, pinnedNode, record, root } from './bootstrap/layout.mjs'
import { exitLike, run } from './bootstrap/run.mjs'

const [script, ...options] = process.argv.slice(2)

if (script === '--record') {
  record()
} else if (script === undefined) {
  process.stderr.write('usage: node scripts/bootstrap.mjs <script> [arguments…]\n')
  process.exitCode = 2
} else {
  if (!installs.every(isCurrent)) {
    const { installMissing } = await import('./bootstrap/install.mjs')
    await installMissing()
  }
  exitLike(
    await run(pinnedNode, [path.resolve(root, script), ...options], { stdio: 'inherit', env: childEnv() }),
  )
}
