/** Cases of `string::*`, `parse::*`, `encoding::*`, `bytes::*`, `crypto::*`. */

export const stringCases = String.raw`
string::capitalize('this is a CAKE') => 'This Is A CAKE'
string::capitalize('éa  ßb') => 'Éa  SSb'
string::capitalize(1) !! FUNCTION_ARGUMENT
string::concat() => ''
string::concat('this', ' ', 'is') => 'this is'
string::concat(NONE, NULL, true, 1, 1.5, 2f, 1dec, 1d, [], a:b, 1..2) => 'NONENULLtrue11.5211d[]a:b1..2'
string::concat(u'ffffffff-ffff-ffff-ffff-ffffffffffff', d'2026-01-01T00:00:00Z') => 'ffffffff-ffff-ffff-ffff-ffffffffffff2026-01-01T00:00:00Z'
string::contains('abcdefg', 'cde') => true
string::contains('abc', 'C') => false
string::contains('abc') !! FUNCTION_ARGUMENT_COUNT
string::ends_with('some test', 'test') => true
string::ends_with('some test', 1) !! FUNCTION_ARGUMENT
string::endswith('some test', 'some') => false
string::join(', ', 'a', 'list', 1) => 'a, list, 1'
string::join(', ') => ''
string::join() !! FUNCTION_ARGUMENT_COUNT
string::join(1, 'a') !! FUNCTION_ARGUMENT
string::len('this is a test') => 14
string::len('🍎🍏é') => 3
string::len(NONE) !! FUNCTION_ARGUMENT
string::lowercase('THIS Is É') => 'this is é'
string::lowercase(NULL) !! FUNCTION_ARGUMENT
string::repeat('test', 3) => 'testtesttest'
string::repeat('A', 0) => ''
string::repeat('', 9999999999) => ''
string::repeat('A', -1) !! FUNCTION_ARGUMENT_VALUE
string::repeat('A', 1.5) !! FUNCTION_ARGUMENT
string::repeat('A', 99999999999999999999) !! FUNCTION_RESULT_TOO_LARGE
string::replace('this is a test', 'a test', 'awesome') => 'this is awesome'
string::replace('aXbXc', 'X', '$&') => 'a$&b$&c'
string::replace('a🍎', '', '-') => '-a-🍎-'
string::replace('abc', 1, 'x') !! FUNCTION_ARGUMENT
string::reverse('this is a test') => 'tset a si siht'
string::reverse('a🍎é') => 'é🍎a'
string::reverse([]) !! FUNCTION_ARGUMENT
string::slice('this is a test', 10, 14) => 'test'
string::slice('this is a test', 10, 4) => ''
string::slice('abcde', 2) => 'cde'
string::slice('abcde', -2) => 'de'
string::slice('abcde', 1, -1) => 'bcd'
string::slice('abcde', -3, 4) => 'cd'
string::slice('abcde', -3, 2) => ''
string::slice('abcde', -3, -1) => 'cd'
string::slice('abcde', 9, 2) => ''
string::slice('abcde', 3, -4) => ''
string::slice('abcde') => 'abcde'
string::slice('🍎🍏🍐', 1, 2) => '🍏'
string::slice('abcde', 1..3) => 'bc'
string::slice('abcde', 1..=3) => 'bcd'
string::slice('abcde', 1>..3) => 'c'
string::slice('abcde', ..2) => 'ab'
string::slice('abcde', 3..) => 'de'
string::slice('abcde', ..) => 'abcde'
string::slice('abcde', -3..-1) => 'cd'
string::slice('abcde', -3..=-1) => 'cde'
string::slice('🍎🍏🍐', 1..2) => '🍏'
string::slice('abcde', 'a'..2) !! FUNCTION_ARGUMENT_VALUE
string::slice('abcde', 1..2, 3) !! FUNCTION_ARGUMENT
string::slice('abcde', 'x') !! FUNCTION_ARGUMENT
string::slug('Hello, World! This is SurrealDB.') => 'hello-world-this-is-surrealdb'
string::slug('  --Multiple---Hyphens--  ') => 'multiple-hyphens'
string::slug('Héllo Wörld') => 'hello-world'
string::slug('snake_case_is_kept') => 'snake_case_is_kept'
string::slug('!!!') => ''
string::slug('ÆrøSKØbing') => 'aeroskobing'
string::slug('Привет, мир') => 'привет-мир'
string::slug(5) !! FUNCTION_ARGUMENT
string::split('this, is, a, list', ', ') => ['this', 'is', 'a', 'list']
string::split(',a,', ',') => ['', 'a', '']
string::split('', ',') => ['']
string::split('a🍎', '') => ['', 'a', '🍎', '']
string::split('a') !! FUNCTION_ARGUMENT_COUNT
string::starts_with('some test', 'some') => true
string::startswith('some test', 'test') => false
string::starts_with(1, 'some') !! FUNCTION_ARGUMENT
string::trim('  this is a test  ') => 'this is a test'
string::trim() !! FUNCTION_ARGUMENT_COUNT
string::uppercase('this é') => 'THIS É'
string::uppercase({}) !! FUNCTION_ARGUMENT
string::words('  multiple    internal  spaces ') => ['multiple', 'internal', 'spaces']
string::words('') => []
string::words(1) !! FUNCTION_ARGUMENT

string::distance::levenshtein('kitten', 'sitting') => 3
string::distance::levenshtein('ca', 'abc') => 3
string::distance::levenshtein('', 'abc') => 3
string::distance::levenshtein('café', 'cafe') => 1
string::distance::levenshtein('In a hole in the ground there lived a hobbit', 'A narrow passage holds four hidden treasures') => 35
string::distance::levenshtein(true, 'abc') !! FUNCTION_ARGUMENT
string::distance::damerau_levenshtein('ca', 'abc') => 2
string::distance::damerau_levenshtein('In a hole in the ground there lived a hobbit', 'A narrow passage holds four hidden treasures') => 34
string::distance::damerau_levenshtein('a') !! FUNCTION_ARGUMENT_COUNT
string::distance::osa('ca', 'abc') => 3
string::distance::osa_distance('abcd', 'abdc') => 1
string::distance::osa(1, 2) !! FUNCTION_ARGUMENT
string::distance::normalized_levenshtein('kitten', 'sitting') => 0.5714285714285714
string::distance::normalized_levenshtein('', '') => 1f
string::distance::normalized_levenshtein('ca', 'abc') => 0f
string::distance::normalized_levenshtein(NULL, 'abc') !! FUNCTION_ARGUMENT
string::distance::normalized_damerau_levenshtein('In a hole in the ground there lived a hobbit', 'A narrow passage holds four hidden treasures') => 0.2272727272727273
string::distance::normalized_damerau_levenshtein('a') !! FUNCTION_ARGUMENT_COUNT
string::distance::hamming('In a hole in the ground there lived a hobbit', 'A narrow passage holds four hidden treasures') => 40
string::distance::hamming('🍎a', '🍎b') => 1
string::distance::hamming('a', 'ab') !! FUNCTION_ARGUMENT_VALUE

string::similarity::jaro('In a hole in the ground there lived a hobbit', 'In a hole in the GROUND there lived a Hobbit') => 0.8218673218673219
string::similarity::jaro('In a hole in the ground there lived a hobbit', 'A narrow passage holds four hidden treasures') => 0.6266233766233765
string::similarity::jaro('', '') => 1f
string::similarity::jaro('a', 'b') => 0f
string::similarity::jaro(1, 'b') !! FUNCTION_ARGUMENT
string::similarity::jaro_winkler('martha', 'marhta') => 0.9611111111111111
string::similarity::jaro_winkler('a', 'b') => 0f
string::similarity::jaro_winkler('a') !! FUNCTION_ARGUMENT_COUNT
string::similarity::sorensen_dice('', '') => 1f
string::similarity::sorensen_dice('night', 'nacht') => 0.25
string::similarity::sorensen_dice('a', 'b') => 0f
string::similarity::sorensen_dice('word same', 'same word') => 0.8571428571428571
string::similarity::sorensen_dice('héllo', 'hello') => 0.5
string::similarity::sorensen_dice(NONE, 'abc') !! FUNCTION_ARGUMENT
string::similarity::fuzzy('DB', 'DB') => 51
string::similarity::fuzzy('DB', 'db') => 47
string::similarity::fuzzy('SurrealDB', 'surrealdb') => 187
string::similarity::fuzzy('SurrealDB', 'SurralDB') => 165
string::similarity::fuzzy('SurrealDB', 'Surreal') => 151
string::similarity::fuzzy('SurrealDB', 'DB') => 41
string::similarity::fuzzy('SurrealDB', 'eel') => 0
string::similarity::fuzzy('', '') => 0
string::similarity::fuzzy('text', '') => 0
string::similarity::fuzzy(123, 'abc') !! FUNCTION_ARGUMENT
string::similarity::smithwaterman('some text', 'some text') => 195
string::similarity::smithwaterman('SurrealDB is a database', 'srl') => 51
string::similarity::smithwaterman('some text', 'xyz') => 0
string::similarity::smithwaterman('a') !! FUNCTION_ARGUMENT_COUNT
string::similarity::fuzzy('Surreal Cloud Beta is now live! We are excited to announce that we are inviting users from the waitlist to join. Stay tuned for your invitation!', 'Surreal Cloud Beta is now live! We are excited to announce that we are inviting users from the waitlist to join. Stay tuned for your invitation!') => 2997

string::semver::compare('1.0.0', '1.3.5') => -1
string::semver::compare('2.0.0', '1.9.9') => 1
string::semver::compare('1.2.3', '1.2.3') => 0
string::semver::compare('1.0.0-alpha', '1.0.0') => -1
string::semver::compare('1.0.0-alpha.2', '1.0.0-alpha.10') => -1
string::semver::compare('1.0.0-1', '1.0.0-alpha') => -1
string::semver::compare('1.0.0+build1', '1.0.0+build2') => -1
string::semver::compare('1.2', '1.2.3') !! FUNCTION_ARGUMENT_VALUE
string::semver::major('3.2.6') => 3
string::semver::major('18446744073709551615.0.0') => 18446744073709551615
string::semver::major('18446744073709551616.0.0') !! FUNCTION_ARGUMENT_VALUE
string::semver::minor('3.2.6') => 2
string::semver::minor('03.2.6') !! FUNCTION_ARGUMENT_VALUE
string::semver::patch('3.2.6-rc.1') => 6
string::semver::patch('3.2.6-01') !! FUNCTION_ARGUMENT_VALUE
string::semver::inc::major('1.2.3-alpha.1') => '2.0.0-alpha.1'
string::semver::inc::major('1.2.3+build.7') => '2.0.0+build.7'
string::semver::inc::major('1.2') !! FUNCTION_ARGUMENT_VALUE
string::semver::inc::minor('1.2.3') => '1.3.0'
string::semver::inc::minor(1) !! FUNCTION_ARGUMENT
string::semver::inc::patch('1.2.3') => '1.2.4'
string::semver::inc::patch('1.2.18446744073709551615') !! FUNCTION_ARGUMENT_VALUE
string::semver::set::major('1.2.3', 9) => '9.2.3'
string::semver::set::major('1.2.3', -1) !! FUNCTION_ARGUMENT_VALUE
string::semver::set::minor('1.2.3', 9) => '1.9.3'
string::semver::set::minor('1.2.3', '9') !! FUNCTION_ARGUMENT
string::semver::set::patch('1.2.3', 9) => '1.2.9'
string::semver::set::patch('1.2.3') !! FUNCTION_ARGUMENT_COUNT

string::html::encode('<h1>Safe Title</h1>') => '&lt;h1&gt;Safe&#32;Title&lt;&#47;h1&gt;'
string::html::encode('<span onload=\'logout()\'>&"') => '&lt;span&#32;onload&#61;&apos;logout()&apos;&gt;&amp;&quot;'
string::html::encode(1) !! FUNCTION_ARGUMENT

string::is_alpha('ABCé') => true
string::is_alpha('ABC1') => false
string::is_alpha('') => false
string::is_alpha(1) !! FUNCTION_ARGUMENT
string::is_alphanum('ABC123é') => true
string::is_alphanum('ABC 123') => false
string::is_alphanum() !! FUNCTION_ARGUMENT_COUNT
string::is_ascii('ABC123') => true
string::is_ascii('𓀀') => false
string::is_ascii('') => false
string::is_ascii(NONE) !! FUNCTION_ARGUMENT
string::is_datetime('2015-09-05 23:56:04', '%Y-%m-%d %H:%M:%S') => true
string::is_datetime('5sep2024pm012345.6789', '%d%b%Y%p%I%M%S%.f') => true
string::is_datetime('23:56:00 2015-09-05', '%Y-%m-%d %H:%M') => false
string::is_datetime('2015-02-30', '%Y-%m-%d') => false
string::is_datetime('2024-02-29', '%F') => true
string::is_datetime('25:00', '%H:%M') => false
string::is_datetime('12:59 AM', '%I:%M %p') => true
string::is_datetime('13:00 AM', '%I:%M %p') => false
string::is_datetime('Sunday, 01 March 2020', '%A, %d %B %Y') => true
string::is_datetime('2015-09-05', '%Q') => false
string::is_datetime('2015-09-05T23:56:04Z') => true
string::is_datetime('2015-09-05T25:56:04Z') => false
string::is_datetime('x', 1) !! FUNCTION_ARGUMENT
string::is_domain('surrealdb.com') => true
string::is_domain('bücher.example') => true
string::is_domain('localhost') => true
string::is_domain('localhost.') => true
string::is_domain('123') => false
string::is_domain('') => false
string::is_domain('.') => false
string::is_domain('-a.com') => false
string::is_domain('1.2.3.4') => false
string::is_domain(1) !! FUNCTION_ARGUMENT
string::is_email('info@surrealdb.com') => true
string::is_email('a.b+c@x.co') => true
string::is_email('a..b@x.co') => false
string::is_email('a@localhost') => false
string::is_email('@x.co') => false
string::is::email('info') => false
string::is_email(NULL) !! FUNCTION_ARGUMENT
string::is_hexadecimal('ff009E') => true
string::is_hexadecimal('0xff') => false
string::is_hexadecimal([]) !! FUNCTION_ARGUMENT
string::is_ip('192.168.0.1') => true
string::is_ip('::1') => true
string::is_ip('1.2.3') => false
string::is_ip(1) !! FUNCTION_ARGUMENT
string::is_ipv4('192.168.0.1') => true
string::is_ipv4('::1') => false
string::is_ipv4(1) !! FUNCTION_ARGUMENT
string::is_ipv6('2001:0db8:85a3:0000:0000:8a2e:0370:7334') => true
string::is_ipv6('192.168.0.1') => false
string::is_ipv6(1) !! FUNCTION_ARGUMENT
string::is_latitude('-0.118092') => true
string::is_latitude('90.1') => false
string::is_latitude(1) !! FUNCTION_ARGUMENT
string::is_longitude('51.509865') => true
string::is_longitude('181') => false
string::is_longitude(1) !! FUNCTION_ARGUMENT
string::is_numeric('1484091748') => true
string::is_numeric('1.5') => false
string::is_numeric(1) !! FUNCTION_ARGUMENT
string::is_record('person:test') => true
string::is_record('person:test', 'person') => true
string::is_record('person:test', 'other') => false
string::is_record('not a record id') => false
string::is_record(1) !! FUNCTION_ARGUMENT
string::is_semver('1.0.0') => true
string::is_semver('1.0') => false
string::is_semver(1) !! FUNCTION_ARGUMENT
string::is_ulid('01JCJB3TPQ50XTG32WM088NKJD') => true
string::is_ulid('01JCJB3TPQ50XTG32WM088NKJU') => false
string::is_ulid(1) !! FUNCTION_ARGUMENT
string::is_url('https://surrealdb.com') => true
string::is_url('surrealdb') => false
string::is_url(1) !! FUNCTION_ARGUMENT
string::is_uuid('018a6680-bef9-701b-9025-e1754f296a0f') => true
string::is_uuid('018a6680') => false
string::is_uuid(1) !! FUNCTION_ARGUMENT

string_agg(['a', NONE, 1], '-') => 'a-1'
string_agg(['a']) !! FUNCTION_ARGUMENT_COUNT

parse::email::host('info@surrealdb.com') => 'surrealdb.com'
parse::email::host('info') => NONE
parse::email::host(1) !! FUNCTION_ARGUMENT
parse::email::user('info@surrealdb.com') => 'info'
parse::email::user(1) !! FUNCTION_ARGUMENT
parse::url::domain('https://surrealdb.com:80/features?some=option#fragment') => 'surrealdb.com'
parse::url::domain('http://127.0.0.1/index.html') => NONE
parse::url::domain('http://[::1]/') => NONE
parse::url::domain(1) !! FUNCTION_ARGUMENT
parse::url::fragment('https://surrealdb.com:80/features?some=option#fragment') => 'fragment'
parse::url::fragment('https://surrealdb.com') => NONE
parse::url::fragment(1) !! FUNCTION_ARGUMENT
parse::url::host('http://127.0.0.1/index.html') => '127.0.0.1'
parse::url::host('no url') => NONE
parse::url::host(1) !! FUNCTION_ARGUMENT
parse::url::path('https://surrealdb.com:80/features?some=option#fragment') => '/features'
parse::url::path(1) !! FUNCTION_ARGUMENT
parse::url::port('https://surrealdb.com:80/features') => 80
parse::url::port('https://surrealdb.com') => 443
parse::url::port('http://surrealdb.com:80/') => 80
parse::url::port('ws://x') => 80
parse::url::port('wss://x') => 443
parse::url::port('ftp://x') => 21
parse::url::port('foo://x') => NONE
parse::url::port('foo://x:9') => 9
parse::url::port(1) !! FUNCTION_ARGUMENT
parse::url::query('https://surrealdb.com:80/features?some=option#fragment') => 'some=option'
parse::url::query(1) !! FUNCTION_ARGUMENT
parse::url::scheme('HTTPS://surrealdb.com') => 'https'
parse::url::scheme(1) !! FUNCTION_ARGUMENT

encoding::base64::encode(b'68656c6c6f') => 'aGVsbG8'
encoding::base64::encode(b'68656c6c6f', true) => 'aGVsbG8='
encoding::base64::encode(b'') => ''
encoding::base64::encode('hello') !! FUNCTION_ARGUMENT
encoding::base64::decode('aGVsbG8') => b'68656c6c6f'
encoding::base64::decode('aGVsbG8=') => b'68656c6c6f'
encoding::base64::decode('') => b''
encoding::base64::decode('aGVsb') !! FUNCTION_ARGUMENT_VALUE
encoding::base64::decode('aGVs====') !! FUNCTION_ARGUMENT_VALUE
encoding::base64::decode('a-b_') !! FUNCTION_ARGUMENT_VALUE
encoding::cbor::encode({ a: [1, 'x'] }) => b'a1616182016178'
encoding::cbor::encode() !! FUNCTION_ARGUMENT_COUNT
encoding::cbor::decode(b'a1616182016178') => { a: [1, 'x'] }
encoding::cbor::decode(b'ff') !! FUNCTION_ARGUMENT_VALUE
encoding::json::encode({ user: { name: 'T', tags: ['a', 1.5, NONE, NULL, true] } }) => '{"user":{"name":"T","tags":["a",1.5,null,null,true]}}'
encoding::json::encode(NONE) => 'null'
encoding::json::encode() !! FUNCTION_ARGUMENT_COUNT
encoding::json::decode('{"a":[1,-7,3.14,null,"x"]}') => { a: [1, -7, 3.14, NULL, 'x'] }
encoding::json::decode('hello"') !! FUNCTION_ARGUMENT_VALUE

bytes::len(b'c0ffee') => 3
bytes::len('abc') !! FUNCTION_ARGUMENT

crypto::md5('tobie') => '4768b3fc7ac751e03a614e2349abf3bf'
crypto::md5(b'746f626965') => '4768b3fc7ac751e03a614e2349abf3bf'
crypto::md5(1) !! FUNCTION_ARGUMENT
crypto::sha1('tobie') => 'c6be709a1b6429472e0c5745b411f1693c4717be'
crypto::sha1() !! FUNCTION_ARGUMENT_COUNT
crypto::sha256('tobie') => '33fe1859daba927ea5674813adc1cf34b9e2795f2b7e91602fae19c0d0c493af'
crypto::sha256(NONE) !! FUNCTION_ARGUMENT
crypto::sha512('tobie') => '39f0160c946c4c53702112d6ef3eea7957ea8e1c78787a482a89f8b0a8860a20ecd543432e4a187d9fdcd1c415cf61008e51a7e8bf2f22ac77e458789c9cdccc'
crypto::sha512(1) !! FUNCTION_ARGUMENT
crypto::blake2b('abc') => 'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923'
crypto::blake2b(1) !! FUNCTION_ARGUMENT
crypto::joaat('a') => 3392050242
crypto::joaat(1) !! FUNCTION_ARGUMENT
crypto::argon2::compare('$argon2id$v=19$m=4096,t=3,p=1$pbZ6yJ2rPJKk4pyEMVwslQ$jHzpsiB+3S/H+kwFXEcr10vmOiDkBkydVCSMfRxV7CA', 'this is a strong password') => true
crypto::argon2::compare('$argon2id$v=19$m=4096,t=3,p=1$pbZ6yJ2rPJKk4pyEMVwslQ$jHzpsiB+3S/H+kwFXEcr10vmOiDkBkydVCSMfRxV7CA', 'another') => false
crypto::argon2::compare('no hash', 'another') => false
crypto::argon2::compare('$argon2id$v=19$m=999999999,t=3,p=1$pbZ6yJ2rPJKk4pyEMVwslQ$jHzpsiB+3S/H+kwFXEcr10vmOiDkBkydVCSMfRxV7CA', 'x') !! FUNCTION_ARGUMENT_VALUE
crypto::argon2::generate(1) !! FUNCTION_ARGUMENT
crypto::scrypt::compare('$scrypt$ln=15,r=8,p=1$8gl7bipl0FELTy46YJOBrw$eRcS1qR22GI8VHo58WOXn9JyfDivGo5yTJFvpDyivuw', 'this is a strong password') => true
crypto::scrypt::compare('$scrypt$ln=30,r=8,p=1$8gl7bipl0FELTy46YJOBrw$eRcS1qR22GI8VHo58WOXn9JyfDivGo5yTJFvpDyivuw', 'x') !! FUNCTION_ARGUMENT_VALUE
crypto::scrypt::generate() !! FUNCTION_ARGUMENT_COUNT
crypto::pbkdf2::compare('$pbkdf2-sha256$i=10000,l=32$DBURRPJODKEt0IId1Lqe+w$Ve8Z00mibHDSKLbyKTceEBBcDpGoK0AEUl7QzDTIec4', 'this is a strong password') => true
crypto::pbkdf2::compare('$pbkdf2-sha256$i=10000,l=32$DBURRPJODKEt0IId1Lqe+w$Ve8Z00mibHDSKLbyKTceEBBcDpGoK0AEUl7QzDTIec4', 'another') => false
crypto::pbkdf2::compare('$pbkdf2-sha256$i=999999999,l=32$DBURRPJODKEt0IId1Lqe+w$Ve8Z00mibHDSKLbyKTceEBBcDpGoK0AEUl7QzDTIec4', 'x') !! FUNCTION_ARGUMENT_VALUE
crypto::pbkdf2::generate(NONE) !! FUNCTION_ARGUMENT
`
