import { expect, test } from 'vitest'
import { normalizeEmail } from './email.ts'

test.each([
  ['ada@example.com', 'ada@example.com'],
  [' Ada@Example.COM ', 'ada@example.com'],
  ['ada+shop@mail.example.co.uk', 'ada+shop@mail.example.co.uk'],
  ['ädä@bücher.example', 'ädä@bücher.example'],
  ['a\u0308@example.com', 'ä@example.com'],
  ["o'neill@example.com", "o'neill@example.com"],
])('%j is %s', (given, email) => {
  expect(normalizeEmail(given)).toBe(email)
})

test.each([
  '',
  'ada',
  '@example.com',
  'ada@',
  'ada@localhost',
  'ada@example..com',
  'ada@-example.com',
  'ada@example-.com',
  'ada@exa mple.com',
  'a da@example.com',
  'ada@b@example.com',
  '"ada"@example.com',
  'ada\n@example.com',
  'ada\u0000@example.com',
  'ada@[127.0.0.1]',
])('%j is no address', (given) => {
  expect(normalizeEmail(given)).toBeUndefined()
})

test('a local part of 64 characters and an address of 254 are the longest', () => {
  const domain = (chars: number) => `${'a.'.repeat((chars - 3) / 2)}com`
  expect(normalizeEmail(`${'x'.repeat(64)}@example.com`)).toBeDefined()
  expect(normalizeEmail(`${'x'.repeat(65)}@example.com`)).toBeUndefined()
  expect(normalizeEmail(`${'x'.repeat(61)}@${domain(192 - 1)}`)).toHaveLength(253)
  expect(normalizeEmail(`${'x'.repeat(62)}@${domain(191)}`)).toHaveLength(254)
  expect(normalizeEmail(`${'x'.repeat(63)}@${domain(191)}`)).toBeUndefined()
  expect(normalizeEmail(`${'x'.repeat(1_000_000)}@example.com`)).toBeUndefined()
})
