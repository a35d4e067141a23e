import type { TypeName, Value } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { operatorLimits } from '../operators/limits.ts'
import { functionLimits } from './limits.ts'
import { methodNames, requireMethod, resolveMethod } from './methods.ts'
import {
  constants,
  functions,
  requireConstant,
  requireFunction,
  resolveConstant,
  resolveFunction,
} from './registry.ts'
import { suggestName } from './suggest-name.ts'
import { call, createTestContext, errorCodeOf } from './testing/function-cases.ts'

describe('names', () => {
  test('are found in any case and by their aliases', () => {
    const definition = resolveFunction('string::is_email')
    expect(definition?.name).toBe('string::is_email')
    expect(resolveFunction('STRING::Is_Email')).toBe(definition)
    expect(resolveFunction('string::is::email')).toBe(definition)
    expect(resolveFunction('string::is_mail')).toBeUndefined()
    expect(resolveFunction('constructor')).toBeUndefined()
  })

  test.each([
    ['string::lenght', '; did you mean string::len?'],
    ['strin::uppercase', '; did you mean string::uppercase?'],
    ['uppercase', '; did you mean string::uppercase?'],
    ['math::sqr', '; did you mean math::sqrt?'],
    ['completely::unlike', ''],
    ['x', ''],
    ['y'.repeat(100_000), ''],
  ])('an unknown one gets a suggestion if one is near: %.30s', (name, hint) => {
    expect(() => requireFunction(name)).toThrow(
      expect.objectContaining({ code: 'FUNCTION_UNKNOWN', details: expect.objectContaining({ hint }) }),
    )
  })

  test('a name with too many wrong characters is not suggested', () => {
    const name = 'abcdefghijklmnopqrstuvwxyz'
    const most = functionLimits.suggestionEditsMax
    expect(suggestName(name.slice(most), [name])).toEqual({
      suggestion: name,
      hint: `; did you mean ${name}?`,
    })
    expect(suggestName(name.slice(most + 1), ['-', name])).toEqual({ hint: '' })
  })

  test('constants are found in any case', async () => {
    expect(resolveConstant('MATH::Pi')).toBe(Math.PI)
    expect(requireConstant('math::inf')).toBe(Number.POSITIVE_INFINITY)
    expect(String(requireConstant('time::epoch'))).toBe('1970-01-01T00:00:00Z')
    expect(await errorCodeOf(() => requireConstant('math::pie'))).toBe('FUNCTION_CONSTANT_UNKNOWN')
    expect([...constants.values()].every((value) => value !== undefined)).toBe(true)
  })

  test.each([
    ['math::frac_1_pi', 0.3183098861837907],
    ['math::frac_2_sqrt_pi', 1.1283791670955126],
    ['math::frac_pi_3', 1.0471975511965976],
    ['math::frac_pi_8', 0.39269908169872414],
    ['math::log2_10', 3.321928094887362],
    ['math::log10_2', 0.3010299956639812],
    ['math::tau', 6.283185307179586],
  ])('%s is %s', (name, value) => expect(resolveConstant(name)).toBeCloseTo(value, 14))
})

describe('arguments', () => {
  test.each<[string, readonly Value[], string]>([
    ['string::len', [1], 'argument 1 of string::len() must be string, found 1 (int)'],
    ['string::len', [], 'string::len() takes 1 argument, found 0'],
    ['time::now', [1], 'time::now() takes no arguments, found 1'],
    ['string::slice', ['a', 1, 2, 3], 'string::slice() takes 1 to 3 arguments, found 4'],
    ['string::join', [], 'string::join() takes at least 1 arguments, found 0'],
    ['array::range', ['a'], "argument 1 of array::range() must be range, found 'a' (string)"],
    ['array::range', [1, 'a'], "argument 2 of array::range() must be int, found 'a' (string)"],
    ['math::sum', [[1, null]], 'argument 1 of math::sum() must be array<number>, found [1, NULL] (array)'],
    ['array::sort', [[1], 1], "argument 2 of array::sort() must be bool | 'asc' | 'desc', found 1 (int)"],
    ['array::find', [[1]], 'array::find() takes 2 arguments, found 1'],
    ['rand::time', ['x', 1], "argument 1 of rand::time() must be datetime | int, found 'x' (string)"],
  ])('%s(%s): %s', (name, args, message) => {
    expect(() => call(name, ...args)).toThrow(message)
  })

  test('a number without fraction is an int whatever its kind', () => {
    expect(call('string::repeat', 'a', call('type::float', 2) as Value)).toBe('aa')
    expect(call('array::at', [1, 2], call('type::decimal', 1) as Value)).toBe(2)
  })

  test('NONE stands for an optional argument that is left out', () => {
    expect(call('string::slice', 'abc', undefined, 2)).toBe('ab')
  })
})

describe('sizes of results', () => {
  const { textCharsMax, elementsMax } = operatorLimits
  const text = (length: number): string => 'x'.repeat(length)
  const elements = (count: number): Value[] => new Array<Value>(count).fill(0)
  const cases: [string, (size: number) => readonly Value[], number][] = [
    ['string::repeat', (size) => ['x', size], textCharsMax],
    ['string::concat', (size) => [text(size - 1), 'x'], textCharsMax],
    ['string::join', (size) => ['-', text(size - 2), 'x'], textCharsMax],
    ['string::replace', (size) => [`${text(size - 3)}y`, 'y', 'abc'], textCharsMax],
    ['string::html::encode', (size) => [text(Math.ceil(size / 8))], textCharsMax],
    ['array::join', (size) => [[text(size - 2), 'x'], '-'], textCharsMax],
    ['array::repeat', (size) => [0, size], elementsMax],
    ['array::range', (size) => [0, size], elementsMax],
    ['array::sequence', (size) => [size], elementsMax],
    ['array::concat', (size) => [elements(size - 1), [0]], elementsMax],
    ['array::append', (size) => [elements(size - 1), 0], elementsMax],
    ['array::insert', (size) => [elements(size - 1), 0], elementsMax],
    ['array::combine', (size) => [elements(Math.ceil(size / 2)), [0]], elementsMax],
    ['string::split', (size) => ['x'.repeat(size - 2), ''], elementsMax],
    ['string::words', (size) => ['x '.repeat(size)], elementsMax],
  ]
  test.each(cases)('%s may be as large as the limit and no larger', async (name, args, size) => {
    const result = call(name, ...args(size)) as string | Value[]
    expect(result.length).toBeLessThanOrEqual(size)
    expect(await errorCodeOf(() => call(name, ...args(size + 1)))).toBe('FUNCTION_RESULT_TOO_LARGE')
  })

  test('windows and transposition are bounded by all that they hold', async () => {
    expect(await errorCodeOf(() => call('array::windows', elements(2_000), 1_000))).toBe(
      'FUNCTION_RESULT_TOO_LARGE',
    )
    expect(await errorCodeOf(() => call('array::transpose', [elements(1_000), ...elements(1_000)]))).toBe(
      'FUNCTION_RESULT_TOO_LARGE',
    )
  })

  test('large results are announced before they are made', () => {
    const announced: number[] = []
    const context = { ...createTestContext(), checkMemory: (bytes: number) => announced.push(bytes) }
    requireFunction('string::repeat').call(['ab', 1_000], context)
    requireFunction('array::repeat').call([0, 1_000], context)
    expect(announced).toEqual([4_000, 16_000])
    const refusing = {
      ...context,
      checkMemory: () => {
        throw new Error('no memory')
      },
    }
    expect(() => requireFunction('array::range').call([0, 10], refusing)).toThrow('no memory')
  })

  test('distances of long texts are refused', async () => {
    const side = Math.sqrt(functionLimits.distanceCellsMax)
    expect(call('string::distance::levenshtein', text(side), text(side))).toBe(0)
    for (const name of [
      'distance::levenshtein',
      'distance::osa',
      'distance::damerau_levenshtein',
      'similarity::jaro',
      'similarity::fuzzy',
    ]) {
      expect(await errorCodeOf(() => call(`string::${name}`, text(side), text(side + 1)))).toBe(
        'FUNCTION_INPUT_TOO_LARGE',
      )
    }
  })
})

describe('methods', () => {
  test.each<[TypeName, string, string]>([
    ['string', 'len', 'string::len'],
    ['string', 'LEN', 'string::len'],
    ['string', 'is_email', 'string::is_email'],
    ['string', 'is_datetime', 'string::is_datetime'],
    ['string', 'is_int', 'type::is_int'],
    ['string', 'distance_levenshtein', 'string::distance::levenshtein'],
    ['string', 'semver_inc_major', 'string::semver::inc::major'],
    ['string', 'repeat', 'string::repeat'],
    ['string', 'to_int', 'type::int'],
    ['array', 'len', 'array::len'],
    ['array', 'sort_desc', 'array::sort::desc'],
    ['array', 'every', 'array::all'],
    ['array', 'vector_dot', 'vector::dot'],
    ['array', 'vector_distance_euclidean', 'vector::distance::euclidean'],
    ['array', 'repeat', 'array::repeat'],
    ['vector', 'dot', 'vector::dot'],
    ['vector', 'vector_dot', 'vector::dot'],
    ['set', 'union', 'set::union'],
    ['object', 'keys', 'object::keys'],
    ['record', 'tb', 'record::table'],
    ['record', 'id', 'record::id'],
    ['duration', 'mins', 'duration::mins'],
    ['datetime', 'is_leap_year', 'time::is_leap_year'],
    ['datetime', 'set_year', 'time::set_year'],
    ['geometry', 'hash_encode', 'geo::hash::encode'],
    ['geometry', 'is_valid', 'geo::is_valid'],
    ['bytes', 'len', 'bytes::len'],
    ['int', 'abs', 'math::abs'],
    ['decimal', 'sqrt', 'math::sqrt'],
    ['none', 'is_none', 'type::is_none'],
    ['null', 'type_of', 'type::of'],
    ['range', 'to_array', 'type::array'],
    ['uuid', 'to_string', 'type::string'],
    ['bool', 'repeat', 'array::repeat'],
  ])('%s.%s() is %s', (type, method, name) => {
    expect(resolveMethod(type, method)?.name).toBe(name)
    expect(requireMethod(type, method).name).toBe(name)
  })

  test.each<[TypeName, string]>([
    ['int', 'len'],
    ['array', 'range'],
    ['object', 'from_entries'],
    ['datetime', 'now'],
    ['datetime', 'from_unix'],
    ['duration', 'from_days'],
    ['geometry', 'hash_decode'],
    ['int', 'sum'],
    ['string', 'constructor'],
  ])('%s has no %s()', (type, method) => {
    expect(resolveMethod(type, method)).toBeUndefined()
  })

  test('an unknown one gets a suggestion', () => {
    expect(() => requireMethod('string', 'uppercas')).toThrow(
      'there is no method uppercas on string; did you mean uppercase?',
    )
    expect(() => requireMethod('int', 'foobar')).toThrow(/on int$/)
  })

  test('every method can take a value of its type as the first argument', async () => {
    const samples: Partial<Record<TypeName, Value>> = {
      string: 'x',
      bytes: new Uint8Array(),
      array: [],
      object: {},
      int: 1,
      float: 1.5,
    }
    for (const type of Object.keys(samples) as TypeName[]) {
      for (const name of methodNames(type)) {
        try {
          await requireMethod(type, name).call([samples[type]], createTestContext())
        } catch (error) {
          const { code, details } = error as { code: string; details: { position?: number } }
          expect([type, name, code, details.position ?? 0]).not.toEqual([type, name, 'FUNCTION_ARGUMENT', 1])
        }
      }
    }
  })
})

test('a signature has at most one rest parameter, and it comes last', () => {
  for (const { signatures } of functions) {
    for (const { params } of signatures) {
      expect(params.slice(0, -1).every((parameter) => parameter.rest !== true)).toBe(true)
    }
  }
})
