/** Cases of `array::*`, `set::*` and `object::*`. */

export const collectionCases = `
array::add(['one', 'two'], 'three') => ['one', 'two', 'three']
array::add([1, 2], 1f) => [1, 2]
array::add([1], [2, 1, 2]) => [1, 2]
array::add(1, 2) !! FUNCTION_ARGUMENT
array::all([1, 2, 'x']) => true
array::all([1, NONE]) => false
array::all([]) => true
array::all(['same', 'same'], 'same') => true
array::every([1, 2], 1) => false
array::all('x') !! FUNCTION_ARGUMENT
array::any([0, '', NONE, 5]) => true
array::any(['', 0, NONE, NULL, [], {}]) => false
array::some(['a', 'b'], 'b') => true
array::includes([1999, 2001], 2000) => false
array::any(1) !! FUNCTION_ARGUMENT
array::append([1, 2], 3) => [1, 2, 3]
array::append([1], [2]) => [1, [2]]
array::append(1, 2) !! FUNCTION_ARGUMENT
array::at(['s', 'u', 'r'], 2) => 'r'
array::at(['s', 'u', 'r'], -3) => 's'
array::at(['s'], 5) => NONE
array::at(['s'], 99999999999999999999) => NONE
array::at(['s'], 'x') !! FUNCTION_ARGUMENT
array::boolean_and(['true', 'false', 1, 1], ['true', 'true', 0, 'true']) => [true, true, false, true]
array::boolean_and([true, true], [false]) => [false, false]
array::boolean_and([true]) !! FUNCTION_ARGUMENT_COUNT
array::boolean_not([false, true, 0, 1]) => [true, false, true, false]
array::boolean_not(1) !! FUNCTION_ARGUMENT
array::boolean_or([false, true, false, true], [false, false, true, true]) => [false, true, true, true]
array::boolean_or(1, []) !! FUNCTION_ARGUMENT
array::boolean_xor([false, true, false, true], [false, false, true, true]) => [false, true, true, false]
array::boolean_xor([], 1) !! FUNCTION_ARGUMENT
array::clump([0, 1, 2], 2) => [[0, 1], [2]]
array::clump([], 2) => []
array::clump([0, 1, 2], 0) !! FUNCTION_ARGUMENT_VALUE
array::collect([1, NONE, [2]]) => [1, NONE, [2]]
array::collect(1) !! FUNCTION_ARGUMENT
array::combine([1, 2], [2, 3]) => [[1, 2], [1, 3], [2, 2], [2, 3]]
array::combine([1]) !! FUNCTION_ARGUMENT_COUNT
array::complement([1, 2, 3, 4], [3, 4, 5, 6]) => [1, 2]
array::complement(1, []) !! FUNCTION_ARGUMENT
array::concat([1, 2], [2, 3]) => [1, 2, 2, 3]
array::concat([1], 2) !! FUNCTION_ARGUMENT
array::difference([1, 2, 3, 4], [3, 4, 5, 6]) => [1, 2, 5, 6]
array::difference([1, 1, 2], [1, 3]) => [1, 2, 3]
array::difference([true, false], [true, true]) => [false, true]
array::difference([], [1, 1]) => [1, 1]
array::difference([1]) !! FUNCTION_ARGUMENT_COUNT
array::distinct([1, 2, 1f, 3, 3, 4]) => [1, 2, 3, 4]
array::distinct([{ a: 1 }, { a: 1dec }, NONE, NONE, [1], [1]]) => [{ a: 1 }, NONE, [1]]
array::distinct(1) !! FUNCTION_ARGUMENT
array::fill([1, 2, 3], 10) => [10, 10, 10]
array::fill([1, NONE, 3, 4, 5], 10, 1, 2) => [1, 10, 3, 4, 5]
array::fill([1, 2, NONE, 4, 5], 10, -3, -2) => [1, 2, 10, 4, 5]
array::fill([1, 2, 3, 4, 5], 10, 7, 9) => [1, 2, 3, 4, 5]
array::fill([1, 2, 3, 4], 9, 1..3) => [1, 9, 9, 4]
array::fill([1, 2, 3, 4], 9, 1..=3) => [1, 9, 9, 9]
array::fill([1, 2, 3, 4], 9, -2..) => [1, 2, 9, 9]
array::fill([1, 2], 9, 'a'..) !! FUNCTION_ARGUMENT_VALUE
array::fill([1, 2], 10, 'x') !! FUNCTION_ARGUMENT
array::filter([1, 2, 1, 3], 1) => [1, 1]
array::filter(1, 1) !! FUNCTION_ARGUMENT
array::filter_index(['a', 'b', 'c', 'b'], 'b') => [1, 3]
array::filter_index([1]) !! FUNCTION_ARGUMENT_COUNT
array::find(['a', 'b'], 'b') => 'b'
array::find([1, 2], 4) => NONE
array::find(1, 4) !! FUNCTION_ARGUMENT
array::find_index(['a', 'b', 'b'], 'b') => 1
array::index_of([1, 2], 4) => NONE
array::find_index(1, 4) !! FUNCTION_ARGUMENT
array::first(['s', 'u']) => 's'
array::first([]) => NONE
array::first(1) !! FUNCTION_ARGUMENT
array::flatten([[1, 2], [3, 4], 'x', [5, [6]]]) => [1, 2, 3, 4, 'x', 5, [6]]
array::flatten(1) !! FUNCTION_ARGUMENT
array::fold([1], 0, 1) !! FUNCTION_ARGUMENT
array::group([1, 2, [3, 2], [2, 4, [5]]]) => [1, 2, 3, 4, [5]]
array::group(1) !! FUNCTION_ARGUMENT
array::insert([1, 2, 3, 4], 5, 2) => [1, 2, 5, 3, 4]
array::insert([1, 2], 3) => [1, 2, 3]
array::insert([1, 2], 3, -1) => [1, 3, 2]
array::insert([1, 2], 3, 9) => [1, 2]
array::insert([1, 2]) !! FUNCTION_ARGUMENT_COUNT
array::intersect([1, 2, 3, 4, 4], [3, 4f, 5]) => [3, 4]
array::intersect([1], 1) !! FUNCTION_ARGUMENT
array::is_empty([]) => true
array::is_empty([1]) => false
array::is_empty({}) !! FUNCTION_ARGUMENT
array::join(['a', 1, NONE], ' and ') => 'a and 1 and NONE'
array::join(['a']) !! FUNCTION_ARGUMENT_COUNT
array::last([1, 2, 3]) => 3
array::last([]) => NONE
array::last(1) !! FUNCTION_ARGUMENT
array::len([1, NULL, NONE]) => 3
array::len('abc') !! FUNCTION_ARGUMENT
array::logical_and([true, false, true, false], [true, true, false, false]) => [true, false, false, false]
array::logical_and([0, 1], []) => [0, NULL]
array::logical_and([]) !! FUNCTION_ARGUMENT_COUNT
array::logical_or([0, 1, '', false], [5]) => [5, 1, '', false]
array::logical_or([]) !! FUNCTION_ARGUMENT_COUNT
array::logical_xor([true, false, 1, 0], [true, 2, 0, false]) => [false, 2, 1, 0]
array::logical_xor([]) !! FUNCTION_ARGUMENT_COUNT
array::map([1], 1) !! FUNCTION_ARGUMENT
array::matches([0, 1, 2], 1f) => [false, true, false]
array::matches([0]) !! FUNCTION_ARGUMENT_COUNT
array::max([0, 'a', 2]) => 'a'
array::max([]) => NONE
array::max(1) !! FUNCTION_ARGUMENT
array::min([2, 0, NULL]) => NULL
array::min({1, 2}) !! FUNCTION_ARGUMENT
array::pop([1, 2, 3]) => 3
array::pop([]) => NONE
array::pop(1) !! FUNCTION_ARGUMENT
array::prepend([1, 2], 5) => [5, 1, 2]
array::prepend([1]) !! FUNCTION_ARGUMENT_COUNT
array::push([1, 2], 5) => [1, 2, 5]
array::push(1, 2) !! FUNCTION_ARGUMENT
array::range(1, 5) => [1, 2, 3, 4]
array::range(1..5) => [1, 2, 3, 4]
array::range(1..=5) => [1, 2, 3, 4, 5]
array::range(1>..5) => [2, 3, 4]
array::range(3, 1) => []
array::range(-3, -1) => [-3, -2]
array::range(1, 9223372036854775800) !! FUNCTION_RESULT_TOO_LARGE
array::range(..5) !! FUNCTION_ARGUMENT_VALUE
array::range('a'..'c') !! FUNCTION_ARGUMENT_VALUE
array::reduce([1], 1) !! FUNCTION_ARGUMENT
array::remove([1, 2, 3], 1) => [1, 3]
array::remove([1, 2, 3], -1) => [1, 2]
array::remove([1, 2, 3], 9) => [1, 2, 3]
array::remove([1], 'x') !! FUNCTION_ARGUMENT
array::repeat('hello', 2) => ['hello', 'hello']
array::repeat(NONE, 2) => [NONE, NONE]
array::repeat(44, 0) => []
array::repeat(0, -256) !! FUNCTION_ARGUMENT_VALUE
array::repeat(0, 9223372036854775807) !! FUNCTION_RESULT_TOO_LARGE
array::reverse([1, 2, 3]) => [3, 2, 1]
array::reverse('abc') !! FUNCTION_ARGUMENT
array::sequence(3) => [0, 1, 2]
array::sequence(5, 3) => [5, 6, 7]
array::sequence(9007199254740990, 3) => [9007199254740990, 9007199254740991, 9007199254740992]
array::sequence(-1) => []
array::sequence('x') !! FUNCTION_ARGUMENT
array::shuffle(1) !! FUNCTION_ARGUMENT
array::slice([1, 2, 3, 4, 5], 1, 3) => [2, 3]
array::slice([1, 2, 3, 4, 5], 1, 2f) => [2]
array::slice([1, 2, 3, 4, 5], 3, 1) => []
array::slice([1, 2, 3, 4, 5], 1..3) => [2, 3]
array::slice([1, 2, 3, 4, 5], 1>..=3) => [3, 4]
array::slice([1, 2, 3, 4, 5], ..=0) => [1]
array::slice([1, 2, 3, 4, 5], -2..) => [4, 5]
array::slice([1, 2, 3, 4, 5], 3..99) => [4, 5]
array::slice([1, 2, 3], 1..'x') !! FUNCTION_ARGUMENT_VALUE
array::slice([1, 2, 3, 4, 5], 1, -1) => [2, 3, 4]
array::slice([1, 2, 3, 4, 5], -3, 4) => [3, 4]
array::slice([1, 2, 3, 4, 5], -3, 2) => []
array::slice([1, 2, 3, 4, 5], -2) => [4, 5]
array::slice([1, 2], -9, 1) => [1]
array::slice([1, 2], 'x') !! FUNCTION_ARGUMENT
array::sort([1, 2, 1, NULL, 'x', 3, NONE, 0]) => [NONE, NULL, 0, 1, 1, 2, 3, 'x']
array::sort([1, 'x', NONE], false) => ['x', 1, NONE]
array::sort([1, 2], 'desc') => [2, 1]
array::sort([2, 1], 'asc') => [1, 2]
array::sort([1], 'up') !! FUNCTION_ARGUMENT
array::sort::asc([2, 1]) => [1, 2]
array::sort::asc(1) !! FUNCTION_ARGUMENT
array::sort::desc([1, 2]) => [2, 1]
array::sort_desc([1]) => [1]
array::sort::desc(1) !! FUNCTION_ARGUMENT
array::sort_lexical(['b', 'A', 'a', 'é', 'f']) => ['A', 'a', 'b', 'é', 'f']
array::sort_lexical(1) !! FUNCTION_ARGUMENT
array::sort_natural(['item10', 'item2', 'item1']) => ['item1', 'item2', 'item10']
array::sort_natural(['a', 'B', 'b', 'A']) => ['A', 'B', 'a', 'b']
array::sort_natural(['item10', 'item2'], 'desc') => ['item10', 'item2']
array::sort_natural([1], 5) !! FUNCTION_ARGUMENT
array::sort_natural_lexical(['b10', 'B9', 'a']) => ['a', 'B9', 'b10']
array::sort_natural_lexical() !! FUNCTION_ARGUMENT_COUNT
array::swap([1, 2, 3, 4, 5], 1, 2) => [1, 3, 2, 4, 5]
array::swap([1, 2, 3, 4, 5], 0, -1) => [5, 2, 3, 4, 1]
array::swap([1, 2], 1, 1) => [1, 2]
array::swap([0, 1], 2, 0) !! FUNCTION_ARGUMENT_VALUE
array::swap([0, 1], 0, -3) !! FUNCTION_ARGUMENT_VALUE
array::transpose([[0, 1], [2, 3]]) => [[0, 2], [1, 3]]
array::transpose([[0, 1, 2], 'oops', [NULL, 'sorry']]) => [[0, 'oops', NULL], [1, NONE, 'sorry'], [2, NONE, NONE]]
array::transpose([]) => []
array::transpose(1) !! FUNCTION_ARGUMENT
array::union([1, 2, 1, 6], [1, 3, 4, 5, 6]) => [1, 2, 6, 3, 4, 5]
array::union([1], 1) !! FUNCTION_ARGUMENT
array::windows([1, 2, 3, 4], 2) => [[1, 2], [2, 3], [3, 4]]
array::windows([1, 2], 5) => []
array::windows([1, 2], 0) !! FUNCTION_ARGUMENT_VALUE

set::add({'one', 'two'}, 'three') => {'one', 'three', 'two'}
set::add({1, 2}, 2f) => {1, 2}
set::add({1, 2}, [2, 3]) => {1, 2, 3}
set::add({1, 2}, {2, 3}) => {1, 2, 3}
set::add({1, 2}, [[3]]) => {1, 2, [3]}
set::add([1], 2) !! FUNCTION_ARGUMENT
set::all({1, 2}) => true
set::all({0, 1}) => false
set::all({1,}, 1) => true
set::all([1]) !! FUNCTION_ARGUMENT
set::any({0, 1}) => true
set::any({1, 2}, 3) => false
set::any([1]) !! FUNCTION_ARGUMENT
set::at({3, 1, 2}, 0) => 1
set::at({3, 1, 2}, -1) => 3
set::at({1,}, 'x') !! FUNCTION_ARGUMENT
set::complement({1, 2, 3, 4}, {3, 4, 5}) => {1, 2}
set::complement({1,}, [1]) !! FUNCTION_ARGUMENT
set::contains({1, 2, 3}, 3) => true
set::contains({1, 2, 3}, '3') => false
set::contains([3], 3) !! FUNCTION_ARGUMENT
set::difference({1, 2, 3, 4}, {3, 4, 5, 6}) => {1, 2, 5, 6}
set::difference({1,}) !! FUNCTION_ARGUMENT_COUNT
set::filter({1, 2}, 1) => {1,}
set::filter([1], 1) !! FUNCTION_ARGUMENT
set::find({1, 2}, 2) => 2
set::find({1, 2}, 3) => NONE
set::find([1], 1) !! FUNCTION_ARGUMENT
set::first({2, 1}) => 1
set::first({,}) => NONE
set::first([1]) !! FUNCTION_ARGUMENT
set::flatten({1, [2, 3], {4, 5}}) => {1, 2, 3, 4, 5}
set::flatten([1]) !! FUNCTION_ARGUMENT
set::fold({1,}, 0, 1) !! FUNCTION_ARGUMENT
set::intersect({1, 2, 3, 4}, {3, 4, 5, 6}) => {3, 4}
set::intersect({1,}, 1) !! FUNCTION_ARGUMENT
set::is_disjoint({1, 2}, {3,}) => true
set::is_disjoint({1, 2}, {2,}) => false
set::is_disjoint(1, 2) !! FUNCTION_ARGUMENT
set::is_empty({,}) => true
set::is_empty({1,}) => false
set::is_empty([]) !! FUNCTION_ARGUMENT
set::is_subset_of({1, 2}, {1, 2, 3}) => true
set::is_subset_of({1, 2, 4}, {1, 2, 3}) => false
set::is_subset_of(3, true) !! FUNCTION_ARGUMENT
set::is_superset_of({1, 2, 3}, {1, 2}) => true
set::is_superset_of({1, 2}, {1, 2, 3}) => false
set::is_superset_of(3, true) !! FUNCTION_ARGUMENT
set::join({2, 1}, '-') => '1-2'
set::join({1,}, 1) !! FUNCTION_ARGUMENT
set::last({2, 1}) => 2
set::last([1]) !! FUNCTION_ARGUMENT
set::len({1, 2, 1, NULL, 'x', 3, 3, 4, 0}) => 7
set::len([1]) !! FUNCTION_ARGUMENT
set::map({1,}, 1) !! FUNCTION_ARGUMENT
set::max({2, 1}) => 2
set::max([1]) !! FUNCTION_ARGUMENT
set::min({2, 1}) => 1
set::min([1]) !! FUNCTION_ARGUMENT
set::reduce({1,}, 1) !! FUNCTION_ARGUMENT
set::remove({1, 2, 5}, 2) => {1, 5}
set::remove({1, 2, 5}, 3) => {1, 2, 5}
set::remove({1, 2, 5}, [1, 2]) => {5,}
set::remove({1, 2, 5}, {1, 2}) => {5,}
set::remove({1, [2]}, [[2]]) => {1,}
set::remove([1], 1) !! FUNCTION_ARGUMENT
set::slice({1, 2, 3, 4}, 1, 3) => {2, 3}
set::slice({1, 2, 3, 4}, 1..=2) => {2, 3}
set::slice({1, 2, 3, 4}, 1, -1) => {2, 3}
set::slice({1, 2}, 'a'..) !! FUNCTION_ARGUMENT_VALUE
set::slice({1, 2, 3, 4}, -1) => {4,}
set::slice([1], 1) !! FUNCTION_ARGUMENT
set::union({1, 2, 6}, {1, 3, 4, 5, 6}) => {1, 2, 3, 4, 5, 6}
set::union({1,}, [1]) !! FUNCTION_ARGUMENT

object::entries({ b: true, a: 1 }) => [['a', 1], ['b', true]]
object::entries([]) !! FUNCTION_ARGUMENT
object::extend({ a: 1, b: 1 }, { b: 2, c: 3 }) => { a: 1, b: 2, c: 3 }
object::extend({ a: 1 }, 1) !! FUNCTION_ARGUMENT
object::from_entries([['a', 1], ['b', true]]) => { a: 1, b: true }
object::from_entries([['a', 1], ['a', 2]]) => { a: 2 }
object::from_entries([['a']]) !! FUNCTION_ARGUMENT_VALUE
object::from_entries([[1, 2]]) !! FUNCTION_ARGUMENT_VALUE
object::is_empty({}) => true
object::is_empty({ a: NONE }) => false
object::is_empty([]) !! FUNCTION_ARGUMENT
object::keys({ b: 1, a: 2 }) => ['a', 'b']
object::keys('x') !! FUNCTION_ARGUMENT
object::len({ a: 1, b: 2 }) => 2
object::len(NONE) !! FUNCTION_ARGUMENT
object::remove({ a: 1, b: 2, c: 3 }, 'a') => { b: 2, c: 3 }
object::remove({ a: 1, b: 2, c: 3 }, ['a', 'c', 'x']) => { b: 2 }
object::remove({ a: 1 }, [1]) !! FUNCTION_ARGUMENT
object::values({ b: 1, a: 2 }) => [2, 1]
object::values(1) !! FUNCTION_ARGUMENT
`
