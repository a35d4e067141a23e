/**
 * The lock files: what `npm ci` would check, and what it would not. The bootstrap installs the root with
 * `npm install`, which works around a difference between package.json and lock file where `npm ci` stops.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

interface Manifest {
  readonly [field: string]: unknown
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, Manifest & { readonly resolved?: string; readonly link?: boolean }>
  >
}

const root = path.resolve(import.meta.dirname, '..')
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T
const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

describe.each(['package-lock.json', 'runtime/package-lock.json'])('%s', (file) => {
  const { packages } = read<LockFile>(file)

  test('names no host, so that any mirror serves it', () => {
    const hosts = Object.values(packages).filter(
      ({ resolved }) => resolved !== undefined && /:\/\//.test(resolved),
    )
    expect(hosts).toEqual([])
  })

  test('has a version and a hash of every package', () => {
    const installed = Object.entries(packages).filter(
      ([key, { link }]) => key.includes('node_modules/') && !link,
    )
    const loose = installed.filter(
      ([, entry]) => entry.version === undefined || entry.integrity === undefined,
    )
    expect(loose.map(([key]) => key)).toEqual([])
  })
})

describe('package.json files', () => {
  const { packages } = read<LockFile>('package-lock.json')
  const folders = [
    '',
    ...globSync('packages/*/package.json', { cwd: root }).map((file) => path.dirname(file)),
  ]

  test.each(folders)('%s: the lock file is of the same dependencies', (folder) => {
    const manifest = read<Manifest>(path.join(folder, 'package.json'))
    for (const group of groups) expect(packages[folder]?.[group], group).toEqual(manifest[group])
  })

  test.each(folders)('%s: versions are exact, as an update is a decision', (folder) => {
    const manifest = read<Manifest>(path.join(folder, 'package.json'))
    const ranges = groups.flatMap((group) =>
      Object.entries((manifest[group] ?? {}) as Record<string, string>),
    )
    expect(ranges.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })

  test('the types of Node are those of the pinned Node', () => {
    const { node } = read<{ dependencies: { node: string } }>('runtime/package.json').dependencies
    const types = read<Manifest>('package.json').devDependencies?.['@types/node'] ?? ''
    expect(types.split('.')[0]).toBe(node.split('.')[0])
  })
})
