/**
 * Installs what is missing, one process at a time, with the npm that started us, whatever its version.
 * It runs under the pinned Node as soon as there is one.
 */
import fs from 'node:fs'
import path from 'node:path'
import { withInstallLock } from './install-lock.mjs'
import * as layout from './layout.mjs'
import { exitLike, run } from './run.mjs'

export async function installMissing() {
  await withInstallLock(path.join(layout.runtimeDir, '.install-lock'), say, async (lock) => {
    // Asked again for each, as another process may have installed while we waited for the lock.
    for (const install of layout.installs) if (!layout.isCurrent(install)) await installOne(install, lock)
  })
}

async function installOne(install, lock) {
  const plan = install.dir === layout.runtimeDir ? runtimePlan() : rootPlan()
  say(`installing ${plan.what} (${plan.size})`)
  fs.rmSync(layout.stampFile(install), { force: true })
  // Whatever an interrupted install left there cannot be trusted.
  if (plan.fromScratch) fs.rmSync(path.join(install.dir, 'node_modules'), { recursive: true, force: true })
  const args = [findNpm(), ...plan.command, '--prefix', install.dir, '--no-audit', '--no-fund']
  const stdio = ['ignore', process.stderr, process.stderr]
  const ended = await run(plan.node, args, { cwd: install.dir, env: npmEnv(plan.env), stdio }, lock.setChild)
  if (ended.code === 0 && fs.existsSync(install.proof)) {
    layout.recordInstall(install, install.installedBy())
    return
  }
  lock.release()
  if (ended.signal === null) {
    say(`could not install ${plan.what}; npm says why above. The first start, and the first after an update,`)
    say(
      'need the npm registry, or a mirror named in npm’s own configuration. Then run the same command again.',
    )
  }
  exitLike({ ...ended, code: ended.code || 1 })
}

/** Its one install script is what fetches Node: it must run even where a user has turned scripts off. */
function runtimePlan() {
  return {
    what: `Node ${layout.pinnedVersion()}`,
    size: 'about 60 MB, once',
    command: ['ci', '--ignore-scripts=false'],
    fromScratch: false,
    node: nodeThatStays(),
    env: process.env,
  }
}

/**
 * Not `npm ci`: that refuses a lock file without the native packages of every other platform, which is what
 * npm writes where a registry does not carry them all. What else it checks, scripts/lock-file.test.ts does.
 * Development tools are installed even under NODE_ENV=production, as the same install serves `npm test`.
 */
function rootPlan() {
  return {
    what: 'packages',
    size: 'about 250 MB on disk',
    command: ['install', '--no-save', '--include=dev'],
    fromScratch: true,
    node: layout.pinnedNode,
    env: layout.childEnv(),
  }
}

/** What npm tells its scripts about the outer project would make the inner npm work on that one. */
function npmEnv(env) {
  const outer = /^npm_(package|lifecycle|config_(local_prefix|prefix|user_agent))/i
  return Object.fromEntries(Object.entries(env).filter(([key]) => !outer.test(key)))
}

/** An old pinned Node that runs us (npm puts node_modules/.bin first) is about to be deleted: take npm's. */
function nodeThatStays() {
  const nodeOfNpm = process.env.npm_node_execpath
  const isPinned = !path.relative(layout.runtimeDir, process.execPath).startsWith('..')
  return isPinned && nodeOfNpm !== undefined && fs.existsSync(nodeOfNpm) ? nodeOfNpm : process.execPath
}

/** npm's own script: of the npm that runs us, else of the one on PATH, else of the one beside this Node. */
function findNpm() {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((dir) => path.join(dir, 'npm'))
  const beside = ['../../lib/node_modules/npm', '../node_modules/npm'].map((dir) =>
    path.join(path.resolve(process.execPath, dir), 'bin', 'npm-cli.js'),
  )
  for (const candidate of [process.env.npm_execpath, ...onPath, ...beside]) {
    const script = candidate !== undefined && fs.existsSync(candidate) ? fs.realpathSync(candidate) : ''
    if (path.basename(script) === 'npm-cli.js') return script
  }
  say(
    'found no npm to install with. It comes with Node: https://nodejs.org. Then run the same command again.',
  )
  process.exit(1)
}

function say(message) {
  process.stderr.write(`dendrodb: ${message}\n`)
}
