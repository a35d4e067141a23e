/**
 * Packs built packages as tarballs that `npm publish <tarball>` takes: plain JavaScript with declarations.
 * Why not `npm pack` in the package: its package.json leads to the sources, which run here as they are but
 * not in another's node_modules, where Node strips no types. The published one leads to dist/.
 *
 *   npm run build && npm run pack -- <directory> [package…]
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifestOf, packagesInOrder } from './build.mjs'

const root = path.resolve(import.meta.dirname, '..')
const oldestNode = '>=24'

/** @returns {string} the path of the tarball */
export function pack(folder, directory) {
  const source = path.join(root, 'packages', folder)
  const dist = path.join(source, 'dist')
  if (!existsSync(dist)) throw new Error(`packages/${folder} is not built: npm run build`)
  const staging = mkdtempSync(path.join(tmpdir(), 'dendrodb-pack-'))
  try {
    cpSync(dist, path.join(staging, 'dist'), { recursive: true })
    for (const file of [path.join(source, 'README.md'), path.join(root, 'LICENSE')]) {
      if (existsSync(file)) cpSync(file, path.join(staging, path.basename(file)))
    }
    writeFileSync(path.join(staging, 'package.json'), JSON.stringify(published(manifestOf(folder)), null, 2))
    return npmPack(staging, directory)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** The manifest as others see it. */
export function published(manifest) {
  const { exports, bin, ...rest } = manifest
  return {
    ...rest,
    files: ['dist'],
    engines: { node: oldestNode },
    ...(exports === undefined ? {} : { exports: mapTargets(exports, conditions) }),
    ...(bin === undefined ? {} : { bin: mapTargets(bin, built) }),
  }
}

function mapTargets(targets, map) {
  if (typeof targets === 'string') return map(targets)
  return Object.fromEntries(Object.entries(targets).map(([key, target]) => [key, mapTargets(target, map)]))
}

function built(target) {
  return target.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')
}

function conditions(target) {
  const script = built(target)
  return script === target ? target : { types: script.replace(/\.js$/, '.d.ts'), default: script }
}

function npmPack(staging, directory) {
  mkdirSync(directory, { recursive: true })
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', path.resolve(directory)]
  const options = { cwd: staging, encoding: 'utf8', shell: process.platform === 'win32' }
  const { status, stdout, stderr } = spawnSync('npm', args, options)
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`)
  const [{ filename }] = Object.values(JSON.parse(stdout))
  return path.join(path.resolve(directory), filename)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, ...wanted] = process.argv.slice(2)
  if (directory === undefined) {
    console.error('usage: npm run pack -- <directory> [package…]')
    process.exit(2)
  }
  for (const folder of packagesInOrder()) {
    if (wanted.length === 0 || wanted.includes(folder)) console.log(pack(folder, directory))
  }
}
