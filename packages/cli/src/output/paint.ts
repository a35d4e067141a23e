/**
 * Colours, where there is a terminal that wants them (https://no-color.org).
 */

import type { CliIo, OutputStream } from '../cli-io.ts'

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

const plainText = (text: string) => text

export const plain: Paint = {
  bold: plainText,
  dim: plainText,
  red: plainText,
  green: plainText,
  yellow: plainText,
  cyan: plainText,
}

const colored: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
}

export function paintFor(stream: OutputStream, { env }: Pick<CliIo, 'env'>): Paint {
  const isWanted = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  return stream.isTTY === true && isWanted ? colored : plain
}

/** Select Graphic Rendition (ECMA-48 §8.3.117). */
function sgr(on: number, off: number): (text: string) => string {
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`)
}
