import { describe, expect, test } from 'vitest'
import { functionLimits } from '../limits.ts'
import { call, errorCodeOf } from '../testing/function-cases.ts'
import { passwordSchemes } from './password-schemes.ts'
import { formatPhc, parsePhc } from './phc-string.ts'

describe.each(['argon2', 'scrypt', 'pbkdf2'])('crypto::%s', (scheme) => {
  test('a generated hash takes its own password and no other', async () => {
    const hash = await call(`crypto::${scheme}::generate`, 'correct horse')
    expect(parsePhc(hash as string)?.salt).toHaveLength(16)
    expect(await call(`crypto::${scheme}::compare`, hash, 'correct horse')).toBe(true)
    expect(await call(`crypto::${scheme}::compare`, hash, 'Correct horse')).toBe(false)
  })

  test('a hash of another scheme, or cut short, is no match', async () => {
    const others = { argon2: 'scrypt', scrypt: 'pbkdf2', pbkdf2: 'argon2' } as Record<string, string>
    const hash = (await call(`crypto::${others[scheme]}::generate`, 'x')) as string
    expect(await call(`crypto::${scheme}::compare`, hash, 'x')).toBe(false)
    expect(await call(`crypto::${scheme}::compare`, hash.slice(0, 20), 'x')).toBe(false)
    expect(await call(`crypto::${scheme}::compare`, '', 'x')).toBe(false)
  })

  test('a password has a largest length', async () => {
    const longest = 'é'.repeat(functionLimits.passwordBytesMax / 2)
    const hash = await call(`crypto::${scheme}::generate`, longest)
    expect(await call(`crypto::${scheme}::compare`, hash, longest)).toBe(true)
    expect(await errorCodeOf(() => call(`crypto::${scheme}::generate`, `${longest}x`))).toBe(
      'FUNCTION_ARGUMENT_VALUE',
    )
    expect(await errorCodeOf(() => call(`crypto::${scheme}::compare`, hash, `${longest}x`))).toBe(
      'FUNCTION_ARGUMENT_VALUE',
    )
  })
})

describe('what a hash may ask of the machine', () => {
  const salt = 'pbZ6yJ2rPJKk4pyEMVwslQ'
  const hash = 'jHzpsiB+3S/H+kwFXEcr10vmOiDkBkydVCSMfRxV7CA'
  const hashOf = (bytes: number) => Buffer.alloc(bytes, 1).toString('base64').replace(/=+$/, '')
  const atBound = [
    `$argon2id$v=19$m=${functionLimits.argon2MemoryKibMax},t=1,p=1$${salt}$${hash}`,
    `$argon2i$v=19$m=4096,t=${functionLimits.argon2PassesMax},p=1$${salt}$${hash}`,
    `$argon2d$v=19$m=4096,t=1,p=${functionLimits.argon2LanesMax}$${salt}$${hash}`,
    `$scrypt$ln=${functionLimits.scryptCostLogMax},r=1,p=1$${salt}$${hash}`,
    `$scrypt$ln=10,r=${functionLimits.scryptBlockSizeMax},p=${functionLimits.scryptLanesMax}$${salt}$${hash}`,
    // The memory of scrypt is 128 × r × (2^ln + p) bytes; no parameters make exactly the bound.
    `$scrypt$ln=17,r=15,p=1$${salt}$${hash}`,
    `$pbkdf2-sha512$i=${functionLimits.pbkdf2RoundsMax},l=32$${salt}$${hash}`,
    `$pbkdf2-sha512$i=1000,l=32$${salt}$${hashOf(functionLimits.passwordHashBytesMax)}`,
  ]
  const pastBound = [
    `$argon2id$v=19$m=${functionLimits.argon2MemoryKibMax + 1},t=1,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=4096,t=${functionLimits.argon2PassesMax + 1},p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=4096,t=1,p=${functionLimits.argon2LanesMax + 1}$${salt}$${hash}`,
    `$argon2id$v=19$m=7,t=1,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=4096,t=0,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=4096,t=1,p=1$QQ$${hash}`,
    `$argon2id$v=19$m=4096,t=1,p=1$${salt}$QQ`,
    `$scrypt$ln=${functionLimits.scryptCostLogMax + 1},r=1,p=1$${salt}$${hash}`,
    `$scrypt$ln=20,r=8,p=1$${salt}$${hash}`,
    `$scrypt$ln=10,r=${functionLimits.scryptBlockSizeMax + 1},p=1$${salt}$${hash}`,
    `$scrypt$ln=10,r=8$${salt}$${hash}`,
    `$scrypt$ln=17,r=16,p=1$${salt}$${hash}`,
    `$pbkdf2-sha512$i=1000,l=32$${salt}$${hashOf(functionLimits.passwordHashBytesMax + 1)}`,
    `$pbkdf2$i=${functionLimits.pbkdf2RoundsMax + 1},l=32$${salt}$${hash}`,
    `$pbkdf2-sha256$i=0,l=32$${salt}$${hash}`,
  ]
  const schemeOf = (text: string) => {
    const phc = parsePhc(text)
    const scheme = passwordSchemes.find((one) => phc !== undefined && one.accepts(phc))
    return phc === undefined || scheme === undefined ? undefined : scheme.isAffordable(phc)
  }
  test.each(atBound.map((text) => [text]))('%s is within', (text) => expect(schemeOf(text)).toBe(true))
  test.each(pastBound.map((text) => [text]))('%s is not', (text) => expect(schemeOf(text)).toBe(false))
})

test('hashes come back from their text as they were', () => {
  const text =
    '$argon2id$v=19$m=4096,t=3,p=1$pbZ6yJ2rPJKk4pyEMVwslQ$jHzpsiB+3S/H+kwFXEcr10vmOiDkBkydVCSMfRxV7CA'
  const phc = parsePhc(text)
  expect(phc && formatPhc(phc)).toBe(text)
  for (const broken of [
    '',
    '$',
    '$a$b$c$d',
    text.slice(1),
    `${text}$`,
    `${text}!`,
    text.replace('m=', 'M='),
  ]) {
    expect(parsePhc(broken)).toBeUndefined()
  }
})
