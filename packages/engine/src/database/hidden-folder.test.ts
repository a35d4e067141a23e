/** Folders of databases that are being made, and what comes by meanwhile. */

import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openGeneration } from '../storage/generation.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import { hiddenFolder, removeAbandoned } from './hidden-folder.ts'

test('a folder that is being made is left alone while no store in it is open', async () => {
  const root = temporaryFolder()
  const hidden = await hiddenFolder(root, 'restore')
  await openGeneration(hidden.path)
  const [folder] = readdirSync(root)
  await removeAbandoned(root, 'restore')
  expect(readdirSync(root)).toEqual([folder])
  await hidden.reveal(join(root, 'shop'), 'shop')
  await removeAbandoned(root, 'restore')
  expect(readdirSync(root)).toEqual(['shop'])
})

test('what was left is removed, and what was being removed', async () => {
  const root = temporaryFolder()
  for (const folder of ['.restore-0123456789abcdef', '.restore-fedcba9876543210.gone', '.create-1'])
    mkdirSync(join(root, folder, 'gen-000001'), { recursive: true })
  await Promise.all([removeAbandoned(root, 'restore'), removeAbandoned(root, 'restore')])
  expect(readdirSync(root)).toEqual(['.create-1'])
})
