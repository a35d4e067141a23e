/**
 * The command line as a few large files in `node_modules/.cache/dendrodb/<fingerprint>/`, and what tests
 * start beside it in `tests-<fingerprint>/`.
 * Invariant: a folder has the fingerprint of the sources that it was made of, and its name only once it is
 * complete, so that starts at the same time and a kill leave nothing wrong. See
 * docs/adr/0029-start-from-a-bundle.md.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../bootstrap/layout.mjs'

const packages = path.join(root, 'packages')
const cache = path.join(root, 'node_modules', '.cache', 'dendrodb')
export const sourceMain = path.join(packages, 'cli/src/main.ts')

/** Started as threads, by the names they have here. */
const threads = {
  'level-reader': path.join(packages, 'engine/src/storage/leveldb/level-reader.ts'),
  'chain-worker': path.join(packages, 'engine/src/verify/chain-worker.ts'),
}

/** Main program, and what it starts by the names they have here. */
const command = {
  main: sourceMain,
  'verify-child': path.join(packages, 'cli/src/verify/verify-child.ts'),
  'rebuild-child': path.join(packages, 'cli/src/rebuild/rebuild-child.ts'),
  ...threads,
}

/** What tests run in processes and threads of their own. */
const testPrograms = {
  'crash-files-child': path.join(packages, 'engine/src/testing/crash-files-child.ts'),
  'crash-writer': path.join(packages, 'engine/src/testing/crash-writer.ts'),
  'damage-value': path.join(packages, 'engine/src/testing/damage-value.ts'),
  'erase-writer': path.join(packages, 'engine/src/testing/erase-writer.ts'),
  'forget-manifest': path.join(packages, 'engine/src/testing/forget-manifest.ts'),
  'merge-writer': path.join(packages, 'engine/src/testing/merge-writer.ts'),
  'sealing-child': path.join(packages, 'engine/src/testing/sealing-child.ts'),
  'bit-flip-child': path.join(packages, 'engine/src/storage/leveldb/testing/bit-flip-child.ts'),
  'commit-child': path.join(packages, 'engine/src/storage/leveldb/testing/commit-child.ts'),
  'failing-sync-child': path.join(packages, 'engine/src/storage/leveldb/testing/failing-sync-child.ts'),
  'sealed-commit-child': path.join(packages, 'engine/src/storage/sealed/testing/commit-child.ts'),
  ...threads,
}

/** Packages that find their native part beside themselves. */
const native = /^(classic-level|@node-rs\/argon2)/

/** A server that was started before the sources changed may still load parts of its bundle. */
const keptForMs = 24 * 3_600_000

/** @returns {Promise<string>} the file to run, bundled now if it is not there */
export async function bundledMain() {
  return path.join(await bundled('', command), 'main.js')
}

/** @returns {Promise<Record<string, string>>} the files to run instead of the sources, both as URLs */
export async function bundledTestPrograms() {
  const folder = await bundled('tests-', testPrograms)
  const files = Object.entries(testPrograms).map(([name, source]) => {
    return [pathToFileURL(source).href, pathToFileURL(path.join(folder, `${name}.js`)).href]
  })
  return Object.fromEntries(files)
}

async function bundled(prefix, entries) {
  const folder = path.join(cache, prefix + fingerprintOf(packages))
  if (!fs.existsSync(folder)) await bundle(folder, entries)
  return folder
}

async function bundle(folder, entries) {
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
    if (!fs.existsSync(folder)) throw error
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
