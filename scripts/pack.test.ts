/**
 * What is published: packed as for npm, installed elsewhere, imported by a Node that strips no types, and
 * typed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, manifestOf, packagesInOrder } from './build.mjs'
import { pack, published } from './pack.mjs'

const root = path.resolve(import.meta.dirname, '..')

describe('@dendrodb/protocol in a project of its own', () => {
  let dir = ''

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'dendrodb-consumer-'))
    build('protocol')
    const tarball = pack('protocol', dir)
    // What it depends on comes from here, whatever npm has in its cache.
    const dependencies = Object.fromEntries(
      Object.keys(manifestOf('protocol').dependencies).map((name) => {
        return [name, `file:${path.join(root, 'node_modules', name)}`]
      }),
    )
    write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies }))
    const shell = process.platform === 'win32'
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], {
      cwd: dir,
      stdio: 'pipe',
      shell,
    })
  }, 120_000)

  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('is imported by a Node that strips no types', () => {
    write('main.js', "import { defineErrors } from '@dendrodb/protocol'\nconsole.log(typeof defineErrors)\n")
    const options = { cwd: dir, encoding: 'utf8' } as const
    expect(execFileSync(process.execPath, ['--no-strip-types', 'main.js'], options)).toBe('function\n')
  })

  test('brings its types, and a wrong use is an error', () => {
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', '']
    const check = (source: string) => {
      write('main.ts', source)
      execFileSync(process.execPath, [compiler, ...options, 'main.ts'], { cwd: dir, stdio: 'pipe' })
    }
    const declare = "import { defineErrors } from '@dendrodb/protocol'\n"
    check(
      `${declare}export const e = defineErrors('A', { B: { status: 'conflict', message: 'c {d}' } }).B({ d: 1 })`,
    )
    expect(() => check(`${declare}export const e = defineErrors('A', 1)`)).toThrow()
  })

  test('contains what was built, and no source, test or tool', () => {
    const { exports, files, devDependencies } = JSON.parse(
      readFileSync(path.join(dir, 'node_modules/@dendrodb/protocol/package.json'), 'utf8'),
    )
    expect(exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } })
    expect(files).toEqual(['dist'])
    expect(devDependencies).toBeUndefined()
  })

  function write(file: string, text: string): void {
    writeFileSync(path.join(dir, file), text)
  }
})

test('a command leads to its built script', () => {
  const manifest = { name: 'it', bin: { ddb: './src/main.ts' }, dependencies: { other: '1.0.0' } }
  expect(published(manifest)).toMatchObject({
    bin: { ddb: './dist/main.js' },
    dependencies: { other: '1.0.0' },
  })
})

test('packages are built after those that they depend on', () => {
  const order = packagesInOrder()
  expect(order.indexOf('protocol')).toBeLessThan(order.indexOf('engine'))
  expect(order.indexOf('engine')).toBeLessThan(order.indexOf('server'))
})
