/** Cases of `math::*`, the plain aggregates, `vector::*`, `geo::*`, `duration::*`, `count` and `not`. */

export const numberCases = `
math::abs(-13.746189) => 13.746189
math::abs(-5) => 5
math::abs(-9007199254740993) => 9007199254740993
math::abs(-1.5dec) => 1.5dec
math::abs(-0f) => 0f
math::abs('1') !! FUNCTION_ARGUMENT
math::acos(0.5) => 1.0471975511965979
math::acos('x') !! FUNCTION_ARGUMENT
math::acot(1) => 0.7853981633974483
math::acot() !! FUNCTION_ARGUMENT_COUNT
math::asin(1) => 1.5707963267948966
math::asin(NONE) !! FUNCTION_ARGUMENT
math::atan(1) => 0.7853981633974483
math::atan(NULL) !! FUNCTION_ARGUMENT
math::bottom([3, 1, 2], 2) => [1, 2]
math::bottom([1, 2], 10) => [1, 2]
math::bottom([1, 2, 3], 0) !! FUNCTION_ARGUMENT_VALUE
math::bottom([[], {}], 2) !! FUNCTION_ARGUMENT
math::ceil(13.146572) => 14f
math::ceil(-0.5) => -0f
math::ceil(1.2dec) => 2dec
math::ceil(5) => 5
math::ceil('1') !! FUNCTION_ARGUMENT
math::clamp(1, 5, 10) => 5
math::clamp(1f, 2, 4) => 2f
math::clamp(5, 2, 4) => 4
math::clamp(1, 2f, 4) => 2f
math::clamp(3dec, 1, 2) => 2dec
math::clamp(1, 5, 4) !! FUNCTION_ARGUMENT_VALUE
math::cos(1) => 0.5403023058681398
math::cos([]) !! FUNCTION_ARGUMENT
math::cot(1) => 0.6420926159343306
math::cot('x') !! FUNCTION_ARGUMENT
math::deg2rad(180) => 3.141592653589793
math::deg2rad('x') !! FUNCTION_ARGUMENT
math::fixed(13.146572, 2) => 13.15
math::fixed(101, 2) => 101
math::fixed(101.5, 2) => 101.5
math::fixed(2.675dec, 2) => 2.68dec
math::fixed(1e300, 2) => 1e300
math::fixed(101, 0) !! FUNCTION_ARGUMENT_VALUE
math::fixed(1.5, 100) => 1.5
math::fixed(1.5, 101) !! FUNCTION_ARGUMENT_VALUE
math::floor(13.746189) => 13f
math::floor(-1.5dec) => -2dec
math::floor('1') !! FUNCTION_ARGUMENT
math::interquartile([1, 40, 60, 10, 2, 901]) => 51f
math::interquartile([]) => NaN
math::interquartile(1) !! FUNCTION_ARGUMENT
math::lerp(0, 10, 0.5) => 5f
math::lerp(0, 10) !! FUNCTION_ARGUMENT_COUNT
math::lerpangle(0, 180, 0.5) => 90f
math::lerpangle(350, 10, 0.5) => 360f
math::lerpangle('x', 180, 0.5) !! FUNCTION_ARGUMENT
math::ln(10) => 2.302585092994046
math::ln(0) => -Infinity
math::ln('x') !! FUNCTION_ARGUMENT
math::log(1000, 10) => 3f
math::log(8, 2) => 3f
math::log(9, 3) => 2f
math::log(100) !! FUNCTION_ARGUMENT_COUNT
math::log10(1000) => 3f
math::log10('x') !! FUNCTION_ARGUMENT
math::log2(8) => 3f
math::log2('x') !! FUNCTION_ARGUMENT
math::max([26.164, 13.746189, 23, 41.42]) => 41.42
math::max([]) => -Infinity
math::max([1, 2dec]) => 2dec
math::max([1, 'a']) !! FUNCTION_ARGUMENT
math::mean([26.164, 13.746189, 23, 16.4, 41.42]) => 24.1460378
math::mean([1, 2, 3, 4, 5, 5, 5]) => 3.5714285714285716
math::mean([1dec, 2]) => 1.5dec
math::mean([9007199254740993, 9007199254740993]) => 9007199254740992f
math::mean([]) => NaN
math::mean('x') !! FUNCTION_ARGUMENT
avg([1, NONE, 2, NULL]) => 1.5
avg([1, 'a']) !! FUNCTION_ARGUMENT
math::median([101, 213, 202]) => 202f
math::median([1, 2, 3, 4]) => 2.5
math::median([]) => NONE
math::median([NONE]) !! FUNCTION_ARGUMENT
median([1, 2]) => 1.5
median(1) !! FUNCTION_ARGUMENT
math::midhinge([1, 40, 60, 10, 2, 901]) => 29.5
math::midhinge(1) !! FUNCTION_ARGUMENT
math::min([26.164, 13.746189, 23]) => 13.746189
math::min([]) => Infinity
math::min({1, 2}) => 1
math::min([true]) !! FUNCTION_ARGUMENT
math::mode([1, 40, 60, 10, 2, 901]) => 901
math::mode([1, 2, 2, 3, 3, 1]) => 3
math::mode([1, 1f, 2]) => 1f
math::mode([]) => NaN
math::mode() !! FUNCTION_ARGUMENT_COUNT
math::nearestrank([1, 40, 60, 10, 2, 901], 50) => 40
math::nearestrank([1, 2], 100) => 2
math::nearestrank([1, 2], 101) !! FUNCTION_ARGUMENT_VALUE
math::percentile([1, 40, 60, 10, 2, 901], 50) => 25f
math::percentile([1, 2], 0) => 1f
math::percentile([1, 2], 100) => 2f
math::percentile([], 50) => NaN
math::percentile([1, 2], -1) !! FUNCTION_ARGUMENT_VALUE
percentile([1, 3], 25) => 1.5
percentile([1, 3]) !! FUNCTION_ARGUMENT_COUNT
math::pow(1.07, 10) => 1.9671513572895665
math::pow(2, 100) => 1267650600228229401496703205376
math::pow(2, -1) !! OPERATOR_NEGATIVE_POWER
math::product([2, 3, 7]) => 42
math::product([]) => 1
math::product([0.1dec, 3]) => 0.3dec
math::product(['a']) !! FUNCTION_ARGUMENT
math::rad2deg(3.141592653589793) => 180f
math::rad2deg('x') !! FUNCTION_ARGUMENT
math::round(13.53124) => 14f
math::round(-2.5) => -3f
math::round(0.49999999999999994) => 0f
math::round(2.5dec) => 2dec
math::round(NONE) !! FUNCTION_ARGUMENT
math::sign(-42) => -1
math::sign(0) => 0
math::sign(1.5) => 1f
math::sign(-1.5dec) => -1dec
math::sign(9007199254740993) => 1
math::sign('x') !! FUNCTION_ARGUMENT
math::sin(1) => 0.8414709848078965
math::sin('x') !! FUNCTION_ARGUMENT
math::spread([1, 40, 60, 10, 2, 901]) => 900
math::spread([0.1dec, 0.3]) => 0.2dec
math::spread([]) => NaN
math::spread(1) !! FUNCTION_ARGUMENT
math::sqrt(15) => 3.872983346207417
math::sqrt(4) => 2f
math::sqrt(2dec) => 1.414213562373095048801688724209698dec
math::sqrt(0.0625dec) => 0.25dec
math::sqrt(-4dec) => NaN
math::sqrt('x') !! FUNCTION_ARGUMENT
math::stddev([1, 40, 60, 10, 2, 901]) => 359.37167389765153
math::stddev([5]) => 0f
math::stddev([]) => NaN
math::stddev(['a']) !! FUNCTION_ARGUMENT
stddev([2, 3, 5]) => 1.5275252316519468
stddev([true]) !! FUNCTION_ARGUMENT
math::sum([26.164, 13.746189, 23, 16.4, 41.42]) => 120.730189
math::sum([1, 2, 3]) => 6
math::sum([]) => 0
math::sum([0.1, 0.2, 0.3]) => 0.6
math::sum([1e100, 1f, -1e100]) => 1f
math::sum([0.1dec, 0.2dec, 1]) => 1.3dec
math::sum([9007199254740991, 9007199254740991, -1]) => 18014398509481981
math::sum([1, NaN]) => NaN
math::sum([Infinity, 1, -1]) => Infinity
math::sum([1, NONE]) !! FUNCTION_ARGUMENT
sum([1, NONE, NULL, 2]) => 3
sum(['a']) !! FUNCTION_ARGUMENT
math::tan(1) => 1.5574077246549023
math::tan('x') !! FUNCTION_ARGUMENT
math::top([1, 40, 60, 10, 2, 901], 3) => [901, 60, 40]
math::top([1, 2], 0) !! FUNCTION_ARGUMENT_VALUE
math::trimean([1, 40, 60, 10, 2, 901]) => 27.25
math::trimean(['a']) !! FUNCTION_ARGUMENT
math::variance([1, 40, 60, 10, 2, 901]) => 129148f
math::variance([1e9, 1000000001f, 1000000002f]) => 1f
math::variance(1) !! FUNCTION_ARGUMENT
variance([2, 3, 5]) => 2.3333333333333335
variance() !! FUNCTION_ARGUMENT_COUNT

min(['b', NONE, 'a']) => 'a'
min([NULL]) => NONE
min(1) !! FUNCTION_ARGUMENT
max([1, 'a', 2]) => 'a'
max() !! FUNCTION_ARGUMENT_COUNT
first([NONE, 1, 2]) => 1
first(1) !! FUNCTION_ARGUMENT
last([1, 2, NULL]) => 2
last(1) !! FUNCTION_ARGUMENT
array_agg([1, NONE, 1]) => [1, NONE, 1]
array_agg(1) !! FUNCTION_ARGUMENT
count_distinct([1, 1f, 1dec, '1', NONE, NULL]) => 2
count_distinct(1) !! FUNCTION_ARGUMENT
count_empty([NONE, NULL, '', [], {}, {,}, 0, false]) => 6
count_empty(1) !! FUNCTION_ARGUMENT
count_filled([NONE, NULL, '', [], 0, false]) => 2
count_filled(1) !! FUNCTION_ARGUMENT
percent_empty([NONE, 1, 2, '']) => 50f
percent_empty([]) => NaN
percent_empty(1) !! FUNCTION_ARGUMENT
percent_filled([NONE, 1, 2, 3]) => 75f
percent_filled(1) !! FUNCTION_ARGUMENT
count() => 1
count(true) => 1
count(0) => 0
count(NONE) => 0
count([1, 2, 3, NULL, 0, false, true, 'x']) => 5
count({1, 0}) => 1
count(1, 2) !! FUNCTION_ARGUMENT_COUNT
not(0) => true
not('x') => false
not() !! FUNCTION_ARGUMENT_COUNT

vector::add([1, 2, 3], [1, 2, 3]) => [2, 4, 6]
vector::add(<vector> [1, 2], <vector> [1, 0.5]) => <vector> [2, 2.5]
vector::add([1], <vector> [1]) => [2f]
vector::add([1, 2], [1]) !! FUNCTION_ARGUMENT_VALUE
vector::angle([5, 10, 15], [10, 5, 20]) => 0.36774908225917935
vector::angle([1, 0], [0, 1]) => 1.5707963267948966
vector::angle(['a'], [1]) !! FUNCTION_ARGUMENT
vector::cross([1, 2, 3], [4, 5, 6]) => [-3, 6, -3]
vector::cross(<vector> [1, 0, 0], <vector> [0, 1, 0]) => <vector> [0, 0, 1]
vector::cross([1, 2], [4, 5]) !! FUNCTION_ARGUMENT_VALUE
vector::divide([10, -20, 30, 0], [0, -1, 2, -3]) => [NaN, 20, 15, 0]
vector::divide([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::dot([1, 2, 3], [1, 2, 3]) => 14
vector::dot([0.1dec], [0.2dec]) => 0.02dec
vector::dot(<vector> [1, 2], [3, 4]) => 11f
vector::dot([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::magnitude([1, 2, 3, 3, 3, 4, 5]) => 8.54400374531753
vector::magnitude([]) => 0f
vector::magnitude(1) !! FUNCTION_ARGUMENT
vector::multiply([1, 2, 3], [1, 2, 3]) => [1, 4, 9]
vector::multiply([1], []) !! FUNCTION_ARGUMENT_VALUE
vector::normalize([4, 3]) => [0.8, 0.6]
vector::normalize([0, 0]) => [0f, 0f]
vector::normalize(<vector> [0, 2]) => <vector> [0, 1]
vector::normalize('x') !! FUNCTION_ARGUMENT
vector::project([1, 2, 3], [4, 5, 6]) => [1.6623376623376624, 2.077922077922078, 2.4935064935064934]
vector::project([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::scale([3, 1, 5, -3], 5) => [15, 5, 25, -15]
vector::scale(<vector> [1], 0.5) => <vector> [0.5]
vector::scale([1], 'x') !! FUNCTION_ARGUMENT
vector::subtract([4, 5, 6], [3, 2, 1]) => [1, 3, 5]
vector::subtract([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::chebyshev([2, 4, 5, 3, 8, 2], [3, 1, 5, -3, 7, 2]) => 6f
vector::distance::chebyshev([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::cosine([1, 0], [0, 1]) => 1f
vector::distance::cosine([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::dot([1, 2], [3, 4]) => -11f
vector::distance::dot([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::euclidean([10, 50, 200], [400, 100, 20]) => 432.43496620879307
vector::distance::euclidean([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::hamming([1, 2, 2], [1, 2, 3]) => 1
vector::distance::hamming([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::manhattan([10, 20, 15, 10, 5], [12, 24, 18, 8, 7]) => 13
vector::distance::manhattan(<vector> [1], <vector> [3]) => 2f
vector::distance::manhattan([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::distance::minkowski([10, 20, 15, 10, 5], [12, 24, 18, 8, 7], 3) => 4.862944131094279
vector::distance::minkowski([1], [2], 0) !! FUNCTION_ARGUMENT_VALUE
vector::similarity::cosine([10, 50, 200], [400, 100, 20]) => 0.15258215962441316
vector::similarity::cosine([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::similarity::jaccard([0, 1, 2, 5, 6], [0, 2, 3, 4, 5, 7, 9]) => 0.3333333333333333
vector::similarity::jaccard([], []) => 1f
vector::similarity::jaccard([1], 'x') !! FUNCTION_ARGUMENT
vector::similarity::pearson([1, 2, 3], [1, 5, 7]) => 0.9819805060619659
vector::similarity::pearson([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE
vector::similarity::spearman([1, 2, 3], [1, 50, 70]) => 1f
vector::similarity::spearman([1], [1, 2]) !! FUNCTION_ARGUMENT_VALUE

geo::area(<geometry> { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] }) => 12391399902.071104
geo::area(<geometry> { type: 'Point', coordinates: [1, 2] }) => 0f
geo::area(<geometry> { type: 'Polygon', coordinates: [[[-111.0690, 45.0032], [-104.0838, 44.9893], [-104.0910, 40.9974], [-111.0672, 40.9862], [-111.0690, 45.0032]]] }) => 253317731850.3478
geo::area(<geometry> { type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]], [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]] }) => 24782799804.142208
geo::area(12345) => NONE
geo::area() !! FUNCTION_ARGUMENT_COUNT
geo::bearing(<geometry> { type: 'Point', coordinates: [-0.136439, 51.509865] }, <geometry> { type: 'Point', coordinates: [-73.971321, 40.776676] }) => -71.63409590760736
geo::bearing(12345, true) => NONE
geo::bearing(1) !! FUNCTION_ARGUMENT_COUNT
geo::centroid(<geometry> { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]] }) => <geometry> { type: 'Point', coordinates: [2, 1] }
geo::centroid(<geometry> { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[2, 0], [4, 0], [4, 4], [2, 4], [2, 0]]] }) => <geometry> { type: 'Point', coordinates: [1, 2] }
geo::centroid(<geometry> { type: 'LineString', coordinates: [[0, 0], [2, 0], [2, 2]] }) => <geometry> { type: 'Point', coordinates: [1.5, 0.5] }
geo::centroid(<geometry> { type: 'MultiPoint', coordinates: [[0, 0], [2, 4]] }) => <geometry> { type: 'Point', coordinates: [1, 2] }
geo::centroid(<geometry> { type: 'GeometryCollection', geometries: [] }) => NONE
geo::centroid(<geometry> { type: 'Polygon', coordinates: [[[-0.03921743611083, 51.88106875736589], [30.48112752349519, 50.68377089794912], [23.66174524001544, 42.94500782833793], [1.92481534361859, 41.69698118125476], [-0.03921743611083, 51.88106875736589]]] }) => <geometry> { type: 'Point', coordinates: [13.483896437936192, 47.07117241195589] }
geo::centroid(1) => NONE
geo::centroid() !! FUNCTION_ARGUMENT_COUNT
geo::contains(<geometry> { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]] }, <geometry> { type: 'Point', coordinates: [1, 1] }) => true
geo::contains(1, 2) => NONE
geo::contains(1) !! FUNCTION_ARGUMENT_COUNT
geo::distance(<geometry> { type: 'Point', coordinates: [-0.04592553673505285, 51.555282574465764] }, <geometry> { type: 'Point', coordinates: [30.463880214538577, -17.865161568822085] }) => 8268604.251890702
geo::distance(12345, true) => NONE
geo::distance(1, 2, 3) !! FUNCTION_ARGUMENT_COUNT
geo::hash::encode(<geometry> { type: 'Point', coordinates: [51.509865, -0.118092] }) => 'mpuxk4s24f51'
geo::hash::encode(<geometry> { type: 'Point', coordinates: [51.509865, -0.118092] }, 5) => 'mpuxk'
geo::hash::encode(12345) => NONE
geo::hash::encode(<geometry> { type: 'Point', coordinates: [1, 2] }, 13) !! FUNCTION_ARGUMENT_VALUE
geo::hash::decode('mpuxk4s24f51') => <geometry> { type: 'Point', coordinates: [51.50986494496465, -0.11809204705059528] }
geo::hash::decode('a') => NONE
geo::hash::decode(12345) => NONE
geo::hash::decode() !! FUNCTION_ARGUMENT_COUNT
geo::is_valid(<geometry> { type: 'Point', coordinates: [51.5, -0.1] }) => true
geo::is_valid(<geometry> { type: 'LineString', coordinates: [[0, 0], [-181, 0]] }) => false
geo::is::valid(1) => NONE
geo::is_valid() !! FUNCTION_ARGUMENT_COUNT

duration::nanos(3w) => 1814400000000000
duration::nanos(1) !! FUNCTION_ARGUMENT
duration::micros(3w) => 1814400000000
duration::micros('1h') !! FUNCTION_ARGUMENT
duration::millis(3w) => 1814400000
duration::millis(NONE) !! FUNCTION_ARGUMENT
duration::secs(3w) => 1814400
duration::secs(1) !! FUNCTION_ARGUMENT
duration::mins(3w) => 30240
duration::mins(1) !! FUNCTION_ARGUMENT
duration::hours(3w) => 504
duration::hours(1) !! FUNCTION_ARGUMENT
duration::days(3w1h) => 21
duration::days(1) !! FUNCTION_ARGUMENT
duration::weeks(3w) => 3
duration::weeks(1) !! FUNCTION_ARGUMENT
duration::years(300w) => 5
duration::years(1) !! FUNCTION_ARGUMENT
duration::from_nanos(3) => 3ns
duration::from_nanos(-1) !! VALUE_DURATION_RANGE
duration::from_micros(3) => 3us
duration::from_micros('x') !! FUNCTION_ARGUMENT
duration::from_millis(3) => 3ms
duration::from_millis(1.5) !! FUNCTION_ARGUMENT
duration::from_secs(3) => 3s
duration::from_secs('x') !! FUNCTION_ARGUMENT
duration::from_mins(3) => 3m
duration::from_mins('x') !! FUNCTION_ARGUMENT
duration::from::hours(3) => 3h
duration::from_hours('x') !! FUNCTION_ARGUMENT
duration::from_days(3f) => 3d
duration::from_days('x') !! FUNCTION_ARGUMENT
duration::from_weeks(3) => 3w
duration::from_weeks('x') !! FUNCTION_ARGUMENT
duration::from_years(1) => 1y
duration::from_years(99999999999) !! VALUE_DURATION_RANGE
`
