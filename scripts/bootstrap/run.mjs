/**
 * Runs a child in our place: its streams are ours, signals reach it, and we end as it ends.
 * A signal should reach the child once, as a server may take a second one for "stop at once":
 * - Ctrl-C and a closing terminal reach the whole foreground group, so that the child has the signal already,
 *   and npm sends it to us once more. With a terminal these are not forwarded.
 * - `kill` of npm or of us, by a supervisor or a test, reaches the child through us only, and only once.
 */
import { spawn } from 'node:child_process'

const toGroup = ['SIGINT', 'SIGHUP']
const toProcess = ['SIGTERM']

/**
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} how the child ended
 * @throws when it cannot be started
 */
export function run(command, args, options, onStart = (_pid) => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options)
    if (child.pid !== undefined) onStart(child.pid)
    const release = forwardSignals(child)
    child.once('error', (error) => {
      release()
      reject(error)
    })
    child.once('close', (code, signal) => {
      release()
      resolve({ code, signal })
    })
  })
}

function forwardSignals(child) {
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const forwarded = new Set()
  const forward = (signal) => {
    if (forwarded.has(signal) || (hasTerminal && toGroup.includes(signal))) return
    forwarded.add(signal)
    child.kill(signal)
  }
  const signals = [...toGroup, ...toProcess]
  for (const signal of signals) process.on(signal, forward)
  return () => {
    for (const signal of signals) process.off(signal, forward)
  }
}

/** Ends this process as the child ended, so that a shell and npm see the same. */
export function exitLike({ code, signal }) {
  if (signal !== null) process.kill(process.pid, signal)
  // Reached after a signal too, where it does not end a process (Windows).
  process.exit(code ?? 1)
}
