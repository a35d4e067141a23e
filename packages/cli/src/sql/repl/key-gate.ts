/**
 * Stands between a terminal and node:readline, and lets keys through a line at a time.
 * Why: while a statement runs, what is typed ahead or was pasted behind it must wait, so that each line is
 * echoed behind its own prompt and is read in the state that the line before it left; Ctrl-C alone must not
 * wait. It hands on bytes synchronously: when a line has run through, readline has handled it.
 */

import { EventEmitter } from 'node:events'
import type { InputStream } from '../../cli-io.ts'

export interface TerminalInput extends InputStream {
  setRawMode?(mode: boolean): unknown
}

const interruptKey = 0x03
const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d

export class KeyGate {
  /** For readline. */
  readonly keys: NodeJS.ReadableStream
  readonly #source: TerminalInput
  readonly #emitter: EventEmitter
  #waiting: Buffer = Buffer.alloc(0)
  #isEnded = false
  #isPaused = false
  #isPumping = false
  #onInterrupt: (() => void) | undefined
  readonly #onData = (chunk: Buffer | string) => this.#take(Buffer.from(chunk))
  readonly #onEnd = () => {
    this.#isEnded = true
    this.#pump()
  }

  constructor(source: TerminalInput) {
    this.#source = source
    this.#emitter = new EventEmitter()
    // All of a stream that readline uses.
    this.keys = Object.assign(this.#emitter, {
      pause: () => {
        this.#isPaused = true
      },
      resume: () => {
        this.#isPaused = false
        this.#pump()
      },
      setRawMode: (mode: boolean) => source.setRawMode?.(mode),
    }) as unknown as NodeJS.ReadableStream
    source.on('data', this.#onData)
    source.on('end', this.#onEnd)
  }

  /** Whether keys wait behind the line that is being handled: it was pasted, or typed ahead. */
  get hasMore(): boolean {
    return this.#waiting.length > 0
  }

  /** Keeps all keys back but Ctrl-C, which also drops what waits. */
  hold(onInterrupt: () => void): void {
    this.#onInterrupt = onInterrupt
  }

  release(): void {
    this.#onInterrupt = undefined
    this.#pump()
  }

  close(): void {
    this.#source.off('data', this.#onData)
    this.#source.off('end', this.#onEnd)
    this.#source.pause()
  }

  #take(keys: Buffer): void {
    const interruptAt = this.#onInterrupt === undefined ? -1 : keys.lastIndexOf(interruptKey)
    if (interruptAt >= 0) {
      this.#waiting = keys.subarray(interruptAt + 1)
      this.#onInterrupt?.()
      return
    }
    this.#waiting = Buffer.concat([this.#waiting, withoutTabs(keys)])
    this.#pump()
  }

  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    while (this.#waiting.length > 0 && this.#isOpen) {
      const end = lineEnd(this.#waiting)
      const line = this.#waiting.subarray(0, end)
      this.#waiting = this.#waiting.subarray(end)
      this.#emitter.emit('data', line)
    }
    this.#isPumping = false
    if (this.#waiting.length === 0 && this.#isEnded && this.#isOpen) this.#emitter.emit('end')
  }

  get #isOpen(): boolean {
    return !this.#isPaused && this.#onInterrupt === undefined
  }
}

/** A tab with other keys behind it was pasted, and is no wish for completion. */
function withoutTabs(keys: Buffer): Buffer {
  const first = keys.indexOf(tab)
  if (first < 0 || first === keys.length - 1) return keys
  const pasted = keys.toString('latin1', 0, keys.length - 1).replaceAll('\t', '  ')
  return Buffer.concat([Buffer.from(pasted, 'latin1'), keys.subarray(-1)])
}

/** Behind the first line end, or behind everything. */
function lineEnd(keys: Buffer): number {
  const at = keys.findIndex((key) => key === carriageReturn || key === lineFeed)
  if (at < 0) return keys.length
  return keys[at] === carriageReturn && keys[at + 1] === lineFeed ? at + 2 : at + 1
}
