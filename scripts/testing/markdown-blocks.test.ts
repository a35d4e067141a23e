import { expect, test } from 'vitest'
import { markdownBlocks } from './markdown-blocks.ts'

test('finds blocks with their language, marks and place', () => {
  const page = 'text\n\n```ts run\nconst a = 1\n\nconst b = 2\n```\n\n```\nplain\n```\n'
  expect(markdownBlocks(page)).toEqual([
    { language: 'ts', marks: ['run'], text: 'const a = 1\n\nconst b = 2', line: 4 },
    { language: '', marks: [], text: 'plain', line: 10 },
  ])
})

test('a longer fence holds shorter ones', () => {
  expect(markdownBlocks('````md\n```sh\nls\n```\n````')).toEqual([
    { language: 'md', marks: [], text: '```sh\nls\n```', line: 2 },
  ])
})
