/** A terminal without a terminal: keys go in, and what a person would see comes out. */

import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import type { CliIo } from '../../../cli-io.ts'

export const keys = {
  enter: '\r',
  tab: '\t',
  up: '\u001b[A',
  ctrlA: '\u0001',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
}

/** Control Sequence Introducer (ECMA-48 §5.4). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapeSequence = /\u001b\[[0-9;?]*[A-Za-z]/g

export class FakeTerminal {
  readonly io: CliIo
  readonly rawModes: boolean[] = []
  readonly #input = new PassThrough()
  readonly #output: Writable
  #text = ''
  /** Up to here it has been waited for. */
  #seen = 0

  constructor() {
    this.#output = new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        this.#text += String(chunk).replace(escapeSequence, '')
        this.#output.emit('text')
        done()
      },
    })
    const stdout = Object.assign(this.#output, { isTTY: true, columns: 80, rows: 24 })
    const stdin = Object.assign(this.#input, {
      isTTY: true,
      setRawMode: (mode: boolean) => this.rawModes.push(mode),
    })
    this.io = { stdin, stdout, stderr: stdout, env: { NO_COLOR: '1' } }
  }

  /** As one read of the terminal gives them. */
  press(...pressed: readonly (string | Uint8Array)[]): void {
    this.#input.write(Buffer.concat(pressed.map((each) => Buffer.from(each))))
  }

  /** Closes the terminal's window. */
  end(): void {
    this.#input.end()
  }

  /** What came up to and with the text, since the last wait. */
  async until(text: string): Promise<string> {
    let at = this.#text.indexOf(text, this.#seen)
    const deadline = AbortSignal.timeout(5000)
    while (at < 0) {
      await once(this.#output, 'text', { signal: deadline }).catch(() => {
        throw new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(this.#text.slice(this.#seen))}`)
      })
      at = this.#text.indexOf(text, this.#seen)
    }
    const end = at + text.length
    const shown = this.#text.slice(this.#seen, end)
    this.#seen = end
    return shown
  }

  /** Types a line, and gives what comes up to the next prompt. */
  async enter(line: string, prompt = 'main> '): Promise<string> {
    for (const char of line) this.press(char)
    this.press(keys.enter)
    await this.until('\n')
    return (await this.until(prompt)).replaceAll('\r\n', '\n').slice(0, -prompt.length)
  }
}
