/**
 * `npm run check`: everything that a tool can say about the source without running it.
 * All checks run, two at a time; each prints its output in one piece; one failure fails the whole.
 *
 *   npm run check [-- name…]      only the named checks
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const root = path.resolve(import.meta.dirname, '..')
const atOnce = 2

const checks = {
  lint: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=200', '.'],
  types: ['typescript/bin/tsc', '--project', '.', '--pretty', String(process.stdout.isTTY ?? false)],
  layers: [
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    'packages',
    'scripts',
  ],
  dead: ['knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors'],
  style: ['../scripts/check-style.mjs'],
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`no check is named ${unknown.join(', ')}; there are ${Object.keys(checks).join(', ')}`)
  process.exit(2)
}

const queue = Object.entries(checks).filter(([name]) => wanted.length === 0 || wanted.includes(name))
const failed = []

await Promise.all(Array.from({ length: atOnce }, runQueue))
console.log(failed.length === 0 ? 'check: all green' : `check: ${failed.sort().join(', ')} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

async function runQueue() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await runCheck(...next)
}

async function runCheck(name, [script, ...args]) {
  const started = performance.now()
  const { code, output } = await capture([path.join(root, 'node_modules', script), ...args])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)`)
  if (code === 0) return
  failed.push(name)
  console.log(output.trimEnd())
}

function capture(args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) }
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
