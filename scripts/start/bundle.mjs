/**
 * The command line as a few large files in `node_modules/.cache/dendrodb/<fingerprint>/`.
 * Invariant: a folder has the fingerprint of the sources that it was made of, and its name only once it is
 * complete, so that starts at the same time and a kill leave nothing wrong. See
 * docs/adr/0029-start-from-a-bundle.md.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/layout.mjs'

const packages = path.join(root, 'packages')
const cache = path.join(root, 'node_modules', '.cache', 'dendrodb')
export const sourceMain = path.join(packages, 'cli/src/main.ts')

/** Main program first; the others are started as processes and threads, by the names they have here. */
const entries = {
  main: sourceMain,
  'verify-child': path.join(packages, 'cli/src/verify/verify-child.ts'),
  'rebuild-child': path.join(packages, 'cli/src/rebuild/rebuild-child.ts'),
  'level-reader': path.join(packages, 'engine/src/storage/leveldb/level-reader.ts'),
  'chain-worker': path.join(packages, 'engine/src/verify/chain-worker.ts'),
}

/** Packages that find their native part beside themselves. */
const native = /^(classic-level|@node-rs\/argon2)/

/** A server that was started before the sources changed may still load parts of its bundle. */
const keptForMs = 24 * 3_600_000

/** @returns {Promise<string>} the file to run, bundled now if it is not there */
export async function bundledMain() {
  const folder = path.join(cache, fingerprintOf(packages))
  const main = path.join(folder, 'main.js')
  if (!fs.existsSync(main)) await bundle(folder)
  return main
}

async function bundle(folder) {
  const { rolldown } = await import('rolldown')
  fs.mkdirSync(cache, { recursive: true })
  removeOld()
  // Where the sources look for the version, and node for the kind of module.
  fs.copyFileSync(path.join(packages, 'cli/package.json'), path.join(cache, 'package.json'))
  const dir = fs.mkdtempSync(path.join(cache, '.new-'))
  const made = await rolldown({ input: entries, platform: 'node', external: native })
  await made.write({
    dir,
    format: 'esm',
    keepNames: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  })
  try {
    fs.renameSync(dir, folder)
  } catch (error) {
    fs.rmSync(dir, { recursive: true })
    if (!fs.existsSync(path.join(folder, 'main.js'))) throw error
  }
}

function removeOld() {
  for (const name of fs.readdirSync(cache)) {
    const entry = path.join(cache, name)
    if (Date.now() - fs.statSync(entry).mtimeMs > keptForMs)
      fs.rmSync(entry, { recursive: true, force: true })
  }
}

/**
 * Of what a bundle is made of: sources by path, size and time of change, dependencies by the lock file.
 * @returns {string} 32 hex digits
 */
export function fingerprintOf(packages) {
  const hash = createHash('sha256').update(fs.readFileSync(path.join(root, 'package-lock.json')))
  hash.update(fs.readFileSync(import.meta.filename))
  for (const name of fs.readdirSync(packages)) {
    const source = path.join(packages, name, 'src')
    for (const file of fs.readdirSync(source, { recursive: true }).sort()) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
      const { size, mtimeMs } = fs.statSync(path.join(source, file))
      hash.update(`${name}/${file} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex').slice(0, 32)
}
