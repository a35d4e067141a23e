/** Cases of `type::*`, `record::*`, `time::*` and of what `rand::*` refuses. */

export const typeCases = String.raw`
type::of(NONE) => 'none'
type::of(1.5) => 'float'
type::of(2f) => 'float'
type::of(2dec) => 'decimal'
type::of(<vector> [1]) => 'vector'
type::of(<geometry> { type: 'LineString', coordinates: [[0, 0], [1, 1]] }) => 'geometry<line>'
type::of() !! FUNCTION_ARGUMENT_COUNT
type::array(1..=3) => [1, 2, 3]
type::array(1) !! CAST_IMPOSSIBLE
type::bool('true') => true
type::bool(1) !! CAST_IMPOSSIBLE
type::bytes('hi') => b'6869'
type::bytes(10) !! CAST_IMPOSSIBLE
type::datetime('2022-04-27T18:12:27+00:00') => d'2022-04-27T18:12:27Z'
type::datetime('soon') !! CAST_IMPOSSIBLE
type::decimal('12345') => 12345dec
type::decimal('x') !! CAST_IMPOSSIBLE
type::duration('4h') => 4h
type::duration('4') !! CAST_IMPOSSIBLE
type::float('12345') => 12345f
type::float('x') !! CAST_IMPOSSIBLE
type::geometry({ type: 'Point', coordinates: [1, 2] }) => <geometry> { type: 'Point', coordinates: [1, 2] }
type::geometry('x') !! CAST_IMPOSSIBLE
type::int('12345') => 12345
type::int('1.5') !! CAST_IMPOSSIBLE
type::number('36.5') => 36.5
type::number('x') !! CAST_IMPOSSIBLE
type::object({ a: 1 }) => { a: 1 }
type::object(1) !! CAST_IMPOSSIBLE
type::point([51.5, -0.1]) => <geometry> { type: 'Point', coordinates: [51.5, -0.1] }
type::point([1]) !! CAST_IMPOSSIBLE
type::range([1, 2]) => 1..2
type::range([1, 9, 4]) !! CAST_IMPOSSIBLE
type::record('cat:one') => cat:one
type::record('cat', 'one') => cat:one
type::record('cat', 1) => cat:1
type::record('cat', dog:5) => cat:5
type::record('cat', [1, 'x']) => cat:[1, 'x']
type::thing('cat', 'one') => cat:one
type::record('cat') !! CAST_IMPOSSIBLE
type::record('cat', 1.5) !! FUNCTION_ARGUMENT_VALUE
type::record('', 1) !! VALUE_TABLE_NAME
type::set([1, 1, 2]) => {1, 2}
type::set(1) !! CAST_IMPOSSIBLE
type::string(12345) => '12345'
type::string(NONE) => 'NONE'
type::string(b'ff') !! CAST_IMPOSSIBLE
type::string_lossy(b'6869ff') => 'hi�'
type::string_lossy(NULL) => 'NULL'
type::string_lossy() !! FUNCTION_ARGUMENT_COUNT
type::table('person') => 'person'
type::table(cat:one) => 'cat'
type::table(55) !! FUNCTION_ARGUMENT
type::uuid('0191f946-936f-7223-bef5-aebbc527ad80') => u'0191f946-936f-7223-bef5-aebbc527ad80'
type::uuid('x') !! CAST_IMPOSSIBLE
type::vector([1, 2]) => <vector> [1, 2]
type::vector(['x']) !! CAST_IMPOSSIBLE
type::try_array(123) => NONE
type::try_array(['123']) => ['123']
type::try_array() !! FUNCTION_ARGUMENT_COUNT
type::try_bool('false') => false
type::try_bool(123) => NONE
type::try_bool(1, 2) !! FUNCTION_ARGUMENT_COUNT
type::try_bytes([1]) => b'01'
type::try_bytes(10) => NONE
type::try_bytes() !! FUNCTION_ARGUMENT_COUNT
type::try_datetime('2018-08-08') => d'2018-08-08T00:00:00Z'
type::try_datetime('asd') => NONE
type::try_datetime() !! FUNCTION_ARGUMENT_COUNT
type::try_decimal('6123.634') => 6123.634dec
type::try_decimal('asd') => NONE
type::try_decimal() !! FUNCTION_ARGUMENT_COUNT
type::try_duration('2d') => 2d
type::try_duration('2') => NONE
type::try_duration() !! FUNCTION_ARGUMENT_COUNT
type::try_float('123') => 123f
type::try_float('abc') => NONE
type::try_float() !! FUNCTION_ARGUMENT_COUNT
type::try_geometry(1) => NONE
type::try_geometry() !! FUNCTION_ARGUMENT_COUNT
type::try_int('123') => 123
type::try_int('123.2') => NONE
type::try_int(123, 'NO') !! FUNCTION_ARGUMENT_COUNT
type::try_number('36') => 36
type::try_number('a') => NONE
type::try_number() !! FUNCTION_ARGUMENT_COUNT
type::try_object(1) => NONE
type::try_object() !! FUNCTION_ARGUMENT_COUNT
type::try_point(2) => NONE
type::try_point([1f, 2f]) => <geometry> { type: 'Point', coordinates: [1, 2] }
type::try_point() !! FUNCTION_ARGUMENT_COUNT
type::try_range('2') => NONE
type::try_range([2, 3]) => 2..3
type::try_range() !! FUNCTION_ARGUMENT_COUNT
type::try_record(2) => NONE
type::try_record('a') => NONE
type::try_record('a:a') => a:a
type::try_record('a', 'a') => a:a
type::try_record('', 'a') => NONE
type::try_record('a', 1.5) => NONE
type::try_record('a', 'a', 'a') !! FUNCTION_ARGUMENT_COUNT
type::try_set('abc') => NONE
type::try_set(['b', 'a']) => {'a', 'b'}
type::try_set() !! FUNCTION_ARGUMENT_COUNT
type::try_string(['a', 'b']) => '[\'a\', \'b\']'
type::try_string(NONE) => 'NONE'
type::try_string(b'ff') => NONE
type::try_string() !! FUNCTION_ARGUMENT_COUNT
type::try_string_lossy(b'ff') => '�'
type::try_string_lossy(NULL) => 'NULL'
type::try_string_lossy() !! FUNCTION_ARGUMENT_COUNT
type::try_table(2) => NONE
type::try_table('hi') => 'hi'
type::try_table() !! FUNCTION_ARGUMENT_COUNT
type::try_uuid('123') => NONE
type::try_uuid() !! FUNCTION_ARGUMENT_COUNT
type::try_vector([1]) => <vector> [1]
type::try_vector('x') => NONE
type::try_vector() !! FUNCTION_ARGUMENT_COUNT

record::id(person:tobie) => 'tobie'
record::id(person:1) => 1
record::id('person:tobie') !! FUNCTION_ARGUMENT
meta::id(person:[1, 2]) => [1, 2]
record::table(person:tobie) => 'person'
record::tb(person:tobie) => 'person'
record::table('person') !! FUNCTION_ARGUMENT

time::now() => d'2026-01-31T09:30:00.123456789Z'
time::now(1) !! FUNCTION_ARGUMENT_COUNT
time::year(d'2021-11-01T08:30:17Z') => 2021
time::year() => 2026
time::year(NONE) => 2026
time::year('2021') !! FUNCTION_ARGUMENT
time::month(d'2021-11-01T08:30:17Z') => 11
time::month(1) !! FUNCTION_ARGUMENT
time::day(d'2021-11-01T08:30:17Z') => 1
time::day(1) !! FUNCTION_ARGUMENT
time::hour(d'2021-11-01T08:30:17Z') => 8
time::hour(1) !! FUNCTION_ARGUMENT
time::minute(d'2021-11-01T08:30:17Z') => 30
time::minute(1) !! FUNCTION_ARGUMENT
time::second(d'2021-11-01T08:30:17Z') => 17
time::second(1) !! FUNCTION_ARGUMENT
time::wday(d'2021-11-01T08:30:17Z') => 1
time::wday(d'2021-11-07T08:30:17Z') => 7
time::wday(1) !! FUNCTION_ARGUMENT
time::yday(d'2021-11-01T08:30:17Z') => 305
time::yday(1) !! FUNCTION_ARGUMENT
time::week(d'2021-11-01T08:30:17Z') => 44
time::week(d'2021-01-01T00:00:00Z') => 53
time::week(1) !! FUNCTION_ARGUMENT
time::unix(d'2021-11-01T08:30:17Z') => 1635755417
time::unix(1) !! FUNCTION_ARGUMENT
time::millis(d'1987-06-22T08:30:45Z') => 551349045000
time::millis(d'1969-12-31T23:59:59.999500000Z') => -1
time::millis(1) !! FUNCTION_ARGUMENT
time::micros(d'1987-06-22T08:30:45Z') => 551349045000000
time::micros(1) !! FUNCTION_ARGUMENT
time::nano(d'2021-11-01T08:30:17Z') => 1635755417000000000
time::nano(1) !! FUNCTION_ARGUMENT
time::is_leap_year(d'1988-06-22T08:30:45Z') => true
time::is_leap_year(d'1900-06-22T08:30:45Z') => false
time::is::leap_year() => false
time::is_leap_year(1) !! FUNCTION_ARGUMENT
time::timezone() => '+00:00'
time::timezone(1) !! FUNCTION_ARGUMENT_COUNT
time::floor(d'2021-11-01T08:30:17Z', 1w) => d'2021-10-28T00:00:00Z'
time::floor(d'1969-12-31T23:30:00Z', 1h) => d'1969-12-31T23:00:00Z'
time::floor(d'2024-05-05T12:34:56Z', 0ns) => d'2024-05-05T12:34:56Z'
time::floor(d'2021-11-01T08:30:17Z') !! FUNCTION_ARGUMENT_COUNT
time::ceil(d'2024-08-30T02:22:50.231631Z', 1h) => d'2024-08-30T03:00:00Z'
time::ceil(d'2024-05-05T12:00:00Z', 1h) => d'2024-05-05T12:00:00Z'
time::ceil(d'2024-05-05T12:34:56.123456789Z', 1s) => d'2024-05-05T12:34:57Z'
time::ceil(d'2024-05-05T12:34:56Z', '1h') !! FUNCTION_ARGUMENT
time::round(d'2021-11-01T08:30:17Z', 1w) => d'2021-11-04T00:00:00Z'
time::round(d'2021-11-01T08:29:59Z', 1h) => d'2021-11-01T08:00:00Z'
time::round(NONE, 1h) !! FUNCTION_ARGUMENT
time::group(d'2024-06-15T12:34:56.5Z', 'year') => d'2024-01-01T00:00:00Z'
time::group(d'2024-06-15T12:34:56.5Z', 'month') => d'2024-06-01T00:00:00Z'
time::group(d'2024-06-15T12:34:56.5Z', 'day') => d'2024-06-15T00:00:00Z'
time::group(d'2024-06-15T12:34:56.5Z', 'hour') => d'2024-06-15T12:00:00Z'
time::group(d'2024-06-15T12:34:56.5Z', 'minute') => d'2024-06-15T12:34:00Z'
time::group(d'2024-06-15T12:34:56.5Z', 'second') => d'2024-06-15T12:34:56Z'
time::group(d'2024-06-15T12:34:56.5Z', 'century') !! FUNCTION_ARGUMENT
time::format(d'2021-11-01T08:30:17Z', '%Y-%m-%d') => '2021-11-01'
time::format(d'2001-07-08T00:34:59.026490Z', '%C %y %b %B %h %e %a %A %w %u') => '20 01 Jul July Jul  8 Sun Sunday 0 7'
time::format(d'2001-07-08T00:34:59.026490Z', '%U %W %G %g %V %j %D %x %F %v') => '27 27 2001 01 27 189 07/08/01 07/08/01 2001-07-08  8-Jul-2001'
time::format(d'2001-07-08T00:34:59.026490Z', '%H %k %I %l %P %p %M %S %f %.f') => '00  0 12 12 am AM 34 59 026490000 .026490'
time::format(d'2001-07-08T00:34:59.026490Z', '%.3f %.6f %.9f %3f %6f %9f') => '.026 .026490 .026490000 026 026490 026490000'
time::format(d'2001-07-08T00:34:59.026490Z', '%R %T %X %r %Z %z %:z') => '00:34 00:34:59 00:34:59 12:34:59 AM UTC +0000 +00:00'
time::format(d'2001-07-08T00:34:59.026490Z', '%c|%+|%s|%t|%n|%%') => 'Sun Jul  8 00:34:59 2001|2001-07-08T00:34:59.026490+00:00|994552499|\t|\n|%'
time::format(d'2001-07-08T00:34:59Z', '%-d %_m %0e%.f') => '8  7 08'
time::format(d'2001-07-08T00:34:59Z', '%Q') !! FUNCTION_ARGUMENT_VALUE
time::format(d'2001-07-08T00:34:59Z', '100%') !! FUNCTION_ARGUMENT_VALUE
time::format('2001', '%Y') !! FUNCTION_ARGUMENT
time::rfc3339(d'2021-11-01T08:30:17.5Z') => '2021-11-01T08:30:17.5Z'
time::rfc3339() !! FUNCTION_ARGUMENT_COUNT
time::min([d'1987-06-22T08:30:45Z', d'1988-06-22T08:30:45Z']) => d'1987-06-22T08:30:45Z'
time::min([]) => NONE
time::min([1]) !! FUNCTION_ARGUMENT
time::max([d'1987-06-22T08:30:45Z', d'1988-06-22T08:30:45Z']) => d'1988-06-22T08:30:45Z'
time::max(d'1987-06-22T08:30:45Z') !! FUNCTION_ARGUMENT
time::from_nanos(1000000) => d'1970-01-01T00:00:00.001Z'
time::from_nanos('x') !! FUNCTION_ARGUMENT
time::from_micros(1000000) => d'1970-01-01T00:00:01Z'
time::from_micros('x') !! FUNCTION_ARGUMENT
time::from::millis(1000) => d'1970-01-01T00:00:01Z'
time::from_millis('x') !! FUNCTION_ARGUMENT
time::from_secs(1000) => d'1970-01-01T00:16:40Z'
time::from_secs(99999999999999999999) !! VALUE_DATETIME_RANGE
time::from_unix(-1) => d'1969-12-31T23:59:59Z'
time::from_unix('x') !! FUNCTION_ARGUMENT
time::from_ulid('01JH5BBTK9FKTGSDXHWP5YP9TQ') => d'2025-01-09T10:57:03.593Z'
time::from_ulid('x') !! FUNCTION_ARGUMENT_VALUE
time::from_uuid(u'01944ab6-c1e5-7760-ab6a-127d37eb1b94') => d'2025-01-09T10:57:58.757Z'
time::from_uuid(u'c232ab00-9414-11ec-b3c8-9f6bdeced846') => d'2022-02-22T19:22:22Z'
time::from_uuid(u'1ec9414c-232a-6b00-b3c8-9f6bdeced846') => d'2022-02-22T19:22:22Z'
time::from_uuid(u'e20b2836-e689-4643-998d-b17a16800323') !! FUNCTION_ARGUMENT_VALUE
time::set_year(d'2026-02-26T07:29:23.346200Z', 1914) => d'1914-02-26T07:29:23.3462Z'
time::set_year(d'2020-02-29T12:00:00Z', 2021) !! VALUE_DATETIME_RANGE
time::set_month(d'2026-02-26T07:29:23Z', 6) => d'2026-06-26T07:29:23Z'
time::set_month(d'2026-01-31T00:00:00Z', 2) !! VALUE_DATETIME_RANGE
time::set_day(d'2026-02-26T07:29:23Z', 28) => d'2026-02-28T07:29:23Z'
time::set_day(d'2026-02-01T00:00:00Z', 30) !! VALUE_DATETIME_RANGE
time::set_hour(d'2026-02-26T07:29:23Z', 0) => d'2026-02-26T00:29:23Z'
time::set_hour(d'2026-02-26T07:29:23Z', NONE) !! FUNCTION_ARGUMENT
time::set_minute(d'2026-02-26T07:29:23Z', 45) => d'2026-02-26T07:45:23Z'
time::set_minute(d'2026-02-26T07:29:23Z', 60) !! VALUE_DATETIME_RANGE
time::set_second(d'2026-02-26T07:29:23Z', 30) => d'2026-02-26T07:29:30Z'
time::set_second(d'2026-02-26T07:29:23Z', 60) !! VALUE_DATETIME_RANGE
time::set_nanosecond(d'2026-02-26T07:29:23Z', 999999999) => d'2026-02-26T07:29:23.999999999Z'
time::set_nanosecond(d'2026-02-26T07:29:23Z', -1) !! VALUE_DATETIME_RANGE

rand(1) !! FUNCTION_ARGUMENT_COUNT
rand::bool(1) !! FUNCTION_ARGUMENT_COUNT
rand::duration(1s) !! FUNCTION_ARGUMENT_COUNT
rand::duration(10s, 10s) => 10s
rand::enum() => NONE
rand::enum('x') => 'x'
rand::float(1, 'x') !! FUNCTION_ARGUMENT
rand::float(2, 2) => 2f
rand::id(-1) !! FUNCTION_ARGUMENT_VALUE
rand::int(5, 5) => 5
rand::int(1) !! FUNCTION_ARGUMENT_COUNT
rand::string(65537) !! FUNCTION_ARGUMENT_VALUE
rand::string(0) => ''
rand::time(1) !! FUNCTION_ARGUMENT_COUNT
rand::time(0, d'1970-01-01T00:00:00Z') => d'1970-01-01T00:00:00Z'
rand::ulid(d'1969-12-31T23:59:59Z') !! FUNCTION_ARGUMENT_VALUE
rand::uuid(1) !! FUNCTION_ARGUMENT
rand::uuid::v4(1) !! FUNCTION_ARGUMENT_COUNT
rand::uuid::v7(d'1969-12-31T23:59:59Z') !! FUNCTION_ARGUMENT_VALUE
`
