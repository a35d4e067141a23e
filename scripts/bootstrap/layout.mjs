/**
 * Where things are and what is installed.
 * Two folders are installed, each from its own lock file: `runtime/` holds the pinned Node and nothing else,
 * the root holds everything else. Kept apart, a change of some dependency never fetches Node again, and the
 * Node that runs the root's install is not among the files which that install replaces.
 * Invariant: a folder's stamp is written only after a complete install and removed before one starts; it
 * names the lock file, the Node that installed and the platform.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(fileURLToPath(import.meta.url), '../../..')
export const runtimeDir = path.join(root, 'runtime')

const windows = process.platform === 'win32'
const pinnedNodeDir = path.join(runtimeDir, 'node_modules', 'node', 'bin')
export const pinnedNode = path.join(pinnedNodeDir, windows ? 'node.exe' : 'node')
const binDir = path.join(root, 'node_modules', '.bin')

const runtimeInstall = { dir: runtimeDir, proof: pinnedNode, installedBy: () => 'any' }
const rootInstall = { dir: root, proof: binDir, installedBy: () => `v${pinnedVersion()}` }

/** In the order in which they are made. */
export const installs = [runtimeInstall, rootInstall]

/** runtime/package.json is the one place that names it; `npm ci` refuses a lock file that disagrees. */
export function pinnedVersion() {
  return JSON.parse(fs.readFileSync(path.join(runtimeDir, 'package.json'), 'utf8')).dependencies.node
}

export function stampFile(install) {
  return path.join(install.dir, 'node_modules', '.installed')
}

function stamp(install, nodeVersion) {
  const lock = fs.readFileSync(path.join(install.dir, 'package-lock.json'))
  const lockHash = createHash('sha256').update(lock).digest('hex')
  return `lock ${lockHash}\nnode ${nodeVersion}\nplatform ${process.platform}-${process.arch}\n`
}

export function isCurrent(install) {
  try {
    const found = fs.readFileSync(stampFile(install), 'utf8')
    return found === stamp(install, install.installedBy()) && fs.existsSync(install.proof)
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

export function recordInstall(install, nodeVersion) {
  fs.writeFileSync(stampFile(install), stamp(install, nodeVersion))
  if (install === rootInstall) linkPinnedNode()
}

/** Called by npm after any install of the root: which Node installed, so that a wrong one is noticed. */
export function record() {
  // `npm install --package-lock-only` comes here too.
  if (!fs.existsSync(binDir)) return
  const nodeOfNpm = /\bnode\/(v\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1]
  recordInstall(rootInstall, nodeOfNpm ?? process.version)
}

/** Makes `npx` and editors find the pinned Node too. Not on Windows, where a link needs privileges. */
function linkPinnedNode() {
  if (windows || !fs.existsSync(pinnedNode)) return
  const link = path.join(binDir, 'node')
  fs.rmSync(link, { force: true })
  fs.symlinkSync(path.relative(binDir, pinnedNode), link)
}

/** The environment under the pinned Node: it is what `node` means, and compiled code is cached. */
export function childEnv() {
  const env = { ...process.env }
  // Windows spells it Path; a second spelling would win or lose at random.
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  env[name] = [pinnedNodeDir, binDir, env[name]].filter(Boolean).join(path.delimiter)
  env.NODE_COMPILE_CACHE ??= path.join(root, 'node_modules', '.cache', 'node-compile')
  return env
}
