/**
 * The fenced blocks of a page, for tests that do what the page says.
 */

export interface MarkdownBlock {
  /** First word behind the fence: `sh`, `ts`, `text`. */
  readonly language: string
  /** What stands behind it, for example `run`. */
  readonly marks: readonly string[]
  readonly text: string
  /** Line of the page on which the text begins, from 1. */
  readonly line: number
}

/** Fences of three backticks at the beginning of a line; those inside of longer fences are text. */
export function markdownBlocks(page: string): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = []
  let open: { fence: string; info: readonly string[]; from: number } | undefined
  const lines = page.split('\n')
  for (const [at, line] of lines.entries()) {
    const [, fence = '', info = ''] = /^(`{3,})(.*)$/.exec(line) ?? []
    if (fence === '') continue
    if (open === undefined) {
      open = { fence, info: info.trim().split(/\s+/), from: at + 1 }
    } else if (fence.length >= open.fence.length && info.trim() === '') {
      const [language = '', ...marks] = open.info
      blocks.push({ language, marks, text: lines.slice(open.from, at).join('\n'), line: open.from + 1 })
      open = undefined
    }
  }
  return blocks
}
