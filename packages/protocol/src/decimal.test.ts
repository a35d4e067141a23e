import { describe, expect, test } from 'vitest'
import { Decimal } from './decimal.ts'
import { limits } from './limits.ts'
import { codeOf } from './testing/code-of.ts'

const dec = (text: string) => Decimal.parse(text)
const nines = '9'.repeat(limits.decimalDigitsMax)

describe('parse and toString', () => {
  test.each([
    ['0', '0'],
    ['-0.00', '0'],
    ['1.50', '1.5'],
    ['+007', '7'],
    ['-12.25', '-12.25'],
    ['100', '100'],
    ['1e3', '1000'],
    ['1.5E-3', '0.0015'],
    ['0.0000001', '0.0000001'],
    ['0.00000001', '1e-8'],
    ['1e33', `1${'0'.repeat(33)}`],
    ['1e34', '1e34'],
    ['-123e40', '-1.23e42'],
    ['0e999999999', '0'],
  ])('%s is %s', (text, printed) => {
    expect(dec(text).toString()).toBe(printed)
    expect(dec(printed).equals(dec(text))).toBe(true)
  })

  test.each(['', '.', '.5', '5.', '1e', '--1', '1_000', ' 1', 'NaN', 'Infinity', '0x10', '1,5'])(
    'refuses "%s"',
    (text) => {
      expect(codeOf(() => dec(text))).toBe('VALUE_DECIMAL_SYNTAX')
    },
  )

  test('text is bounded', () => {
    expect(dec('0'.repeat(limits.numberTextCharsMax)).isZero).toBe(true)
    expect(codeOf(() => dec('0'.repeat(limits.numberTextCharsMax + 1)))).toBe('VALUE_DECIMAL_SYNTAX')
  })
})

describe('digits and range', () => {
  test('34 digits are kept, the 35th is rounded half to even', () => {
    expect(dec(nines).toString()).toBe(nines)
    expect(dec(`${nines}9`).toString()).toBe('1e35')
    expect(dec(`1${'0'.repeat(32)}25`).toString()).toBe(`1.${'0'.repeat(32)}2e34`)
    expect(dec(`1${'0'.repeat(32)}35`).toString()).toBe(`1.${'0'.repeat(32)}4e34`)
    expect(dec(`1${'0'.repeat(32)}251`).toString()).toBe(`1.${'0'.repeat(32)}3e35`)
  })

  test('the leading digit lies between 10^-300 and 10^300', () => {
    expect(dec(`9.${nines.slice(1)}e300`).adjustedExponent).toBe(limits.decimalExponentMax)
    expect(dec('1e-300').adjustedExponent).toBe(-limits.decimalExponentMax)
    for (const text of ['1e301', '9.99e-301', `${nines}9e266`, '1e99999999999999999999']) {
      expect(
        codeOf(() => dec(text)),
        text,
      ).toBe('VALUE_DECIMAL_RANGE')
    }
  })

  test('nothing overflows or vanishes silently', () => {
    for (const run of [
      () => dec('1e200').mul(dec('1e200')),
      () => dec('1e-200').mul(dec('1e-200')),
      () => dec('1e-200').div(dec('1e200')),
      () => dec('1.000000001e-300').sub(dec('1e-300')),
      () => dec('10').pow(301),
      () => dec('10').pow(-301),
      () => dec('1.0000001').pow(Number.MAX_SAFE_INTEGER),
    ]) {
      expect(codeOf(run), String(run)).toBe('VALUE_DECIMAL_RANGE')
    }
  })
})

describe('conversion', () => {
  test('a float becomes its shortest decimal text', () => {
    expect(Decimal.fromFloat(0.1).toString()).toBe('0.1')
    expect(Decimal.fromFloat(1e21).toString()).toBe(`1${'0'.repeat(21)}`)
    for (const n of [Number.NaN, Number.POSITIVE_INFINITY, 1e301, 5e-324]) {
      expect(codeOf(() => Decimal.fromFloat(n))).toBe('VALUE_DECIMAL_RANGE')
    }
  })

  test('an int is exact up to 34 digits', () => {
    expect(Decimal.fromInt(2n ** 100n).toBigInt()).toBe(2n ** 100n)
    expect(Decimal.fromInt(-5).toString()).toBe('-5')
    expect(Decimal.fromInt(BigInt(`${nines}5`)).toString()).toBe('1e35')
  })

  test('toNumber rounds correctly, toBigInt towards zero', () => {
    expect(dec('9007199254740993').toNumber()).toBe(9007199254740992)
    expect(dec('9007199254740993.000000000000000001').toNumber()).toBe(9007199254740994)
    expect(dec('1e-300').toNumber()).toBe(1e-300)
    expect(dec('-2.9').toBigInt()).toBe(-2n)
    expect(dec('1.2e3').toBigInt()).toBe(1200n)
  })
})

describe('arithmetic', () => {
  test.each([
    ['0.1', '+', '0.2', '0.3'],
    ['1e33', '+', '0.05', `1${'0'.repeat(33)}`],
    ['1e300', '+', '-1e300', '0'],
    ['1', '-', '0.9', '0.1'],
    ['1.1', '*', '-1.1', '-1.21'],
    ['1', '/', '3', `0.${'3'.repeat(34)}`],
    ['2', '/', '-3', `-0.${'6'.repeat(33)}7`],
    ['1', '/', '8', '0.125'],
    ['7', '%', '3', '1'],
    ['-7', '%', '3', '-1'],
    ['7', '%', '-3', '1'],
    ['5.5', '%', '0.2', '0.1'],
    ['1e300', '%', '7', '1'],
  ])('%s %s %s = %s', (a, operator, b, expected) => {
    const [x, y] = [dec(a), dec(b)]
    const results = {
      '+': () => x.add(y),
      '-': () => x.sub(y),
      '*': () => x.mul(y),
      '/': () => x.div(y),
      '%': () => x.rem(y),
    }
    expect(results[operator as keyof typeof results]().toString()).toBe(expected)
  })

  test('division by zero is an error', () => {
    for (const run of [() => dec('1').div(dec('0')), () => dec('1').rem(dec('0')), () => dec('0').pow(-1)]) {
      expect(codeOf(run)).toBe('VALUE_DIVISION_BY_ZERO')
    }
  })

  test.each([
    ['2', 10, '1024'],
    ['1.5', 3, '3.375'],
    ['-2', 3, '-8'],
    ['2', -2, '0.25'],
    ['0', 0, '1'],
    ['0', 5, '0'],
    ['-1', 9007199254740991, '-1'],
    ['1.000000000000000000000000000000001', 1000000, '1.000000000000000000000000001000000'],
  ])('%s to the power %s is %s', (base, power, expected) => {
    expect(dec(base).pow(power).equals(dec(expected))).toBe(true)
  })

  test('a power is an integer', () => {
    expect(codeOf(() => dec('2').pow(0.5))).toBe('VALUE_INT_EXPECTED')
  })
})

describe('rounding to places', () => {
  test.each([
    ['2.5', 0, '2', '2', '3', '2'],
    ['3.5', 0, '4', '3', '4', '3'],
    ['-2.5', 0, '-2', '-3', '-2', '-2'],
    ['2.51', 0, '3', '2', '3', '2'],
    ['1.2345', 2, '1.23', '1.23', '1.24', '1.23'],
    ['-1.2355', 3, '-1.236', '-1.236', '-1.235', '-1.235'],
    ['0.0001', 1, '0', '0', '0.1', '0'],
    ['-0.0001', 1, '0', '-0.1', '0', '0'],
    ['1250', -2, '1200', '1200', '1300', '1200'],
    ['5', -1, '0', '0', '10', '0'],
    ['15', -1, '20', '10', '20', '10'],
    ['1.5', 10, '1.5', '1.5', '1.5', '1.5'],
    ['0', 0, '0', '0', '0', '0'],
  ])('%s to %s places: round %s, floor %s, ceil %s, trunc %s', (text, places, round, floor, ceil, trunc) => {
    const d = dec(text)
    expect([d.round(places), d.floor(places), d.ceil(places), d.trunc(places)].map(String)).toEqual([
      round,
      floor,
      ceil,
      trunc,
    ])
  })

  test('places are an integer', () => {
    expect(codeOf(() => dec('1').round(0.5))).toBe('VALUE_INT_EXPECTED')
  })
})

test('sign, abs, neg, isInteger and compare', () => {
  expect([dec('-3').sign, dec('0').sign, dec('3').sign]).toEqual([-1, 0, 1])
  expect(dec('-3').abs().toString()).toBe('3')
  expect(dec('0').neg()).toBe(Decimal.zero)
  expect([dec('10').isInteger, dec('1.5').isInteger]).toEqual([true, false])
  expect(dec('1e300').compare(dec('1e-300'))).toBeGreaterThan(0)
  expect(dec('-10').compare(dec('-9'))).toBeLessThan(0)
  expect(dec('1.10').compare(dec('1.1'))).toBe(0)
})
