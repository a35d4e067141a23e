/**
 * Builds packages for publication: `src/*.ts` becomes `dist/*.js` and `dist/*.d.ts`, each package after those
 * that it depends on, whose declarations it is checked against. Nothing inside the repository uses the
 * result: here the sources run as they are.
 *
 *   npm run build [-- package…]      folder names under packages/; all of them when none is given
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(import.meta.dirname, '..')
const compiler = path.join(root, 'node_modules/typescript/bin/tsc')

/** Folder names of all packages, each after those that it depends on. */
export function packagesInOrder() {
  const folders = globSync('packages/*/package.json', { cwd: root }).map((file) =>
    path.basename(path.dirname(file)),
  )
  const manifests = new Map(folders.sort().map((folder) => [folder, manifestOf(folder)]))
  const folderOf = new Map([...manifests].map(([folder, { name }]) => [name, folder]))
  const ordered = new Set()
  const visit = (folder) => {
    for (const name of Object.keys(manifests.get(folder).dependencies ?? {})) {
      const dependency = folderOf.get(name)
      if (dependency !== undefined && !ordered.has(dependency)) visit(dependency)
    }
    ordered.add(folder)
  }
  for (const folder of manifests.keys()) visit(folder)
  return [...ordered]
}

export function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(root, 'packages', folder, 'package.json'), 'utf8'))
}

/** @throws when the compiler finds an error */
export function build(folder) {
  const dir = path.join(root, 'packages', folder)
  rmSync(path.join(dir, 'dist'), { recursive: true, force: true })
  const args = [compiler, '--project', path.join(dir, 'tsconfig.build.json')]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`packages/${folder} does not build`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2)
  for (const folder of packagesInOrder()) if (wanted.length === 0 || wanted.includes(folder)) build(folder)
}
