/**
 * Makes the fixture of the present storage format: a data folder, a backup and exports of it, and what they
 * have to answer for ever. Run it once for each new format, before its release; nothing that was made is ever
 * made again, as salts are random.
 *
 *   npx node scripts/make-format-fixture.ts FOLDER
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Database, openEngine } from '../packages/engine/src/index.ts'
import { toTypedJson } from '../packages/protocol/src/index.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined || existsSync(folder)) throw new Error('name a folder that is not there yet')
mkdirSync(folder, { recursive: true })

const statements = [
  'DEFINE PARAM $rate VALUE 0.20dec COMMENT "VAT"',
  `DEFINE TABLE product SCHEMALESS
     PERMISSIONS FOR select FULL, FOR create, update, delete WHERE owner = $auth.id`,
  'DEFINE INDEX price ON product FIELDS price; DEFINE INDEX code ON product FIELDS code UNIQUE',
  `FOR $i IN 1..=40 {
     CREATE type::record('product', $i)
     SET code = 'c' + <string> $i, price = $i % 7, tags = ['t' + <string> ($i % 3)]
   }`,
  'DEFINE INDEX tag ON product FIELDS tags.*',
  `CREATE thing:types SET none = NONE, nil = NULL, yes = true, int = 9007199254740993, float = -0f,
     dec = 1.10dec, text = 'gr\\u00fc\\u00df', at = d'2026-01-31T09:30:00.000000001Z', span = 1w2d,
     id2 = u'0190163d-8694-739b-aea5-966c26f8ad91', list = [1, [2]], set = {1, 2,},
     obj = { a: { b: 1 } }, rec = product:1, range = 1..=5`,
  `CREATE thing:['a', 1] SET key = 'array';
   CREATE thing:⟨123⟩ SET key = 'text';
   CREATE thing:{ x: 1 } SET key = 'object'`,
  'RELATE product:1->like->product:2 SET since = 1; RELATE product:2->like->product:3',
  'UPDATE product SET price += 10 WHERE price = 3',
  'DELETE product:5; DELETE product:2',
  'DEFINE TABLE gone; CREATE gone:1 SET a = 1; REMOVE TABLE gone; CREATE gone:2 SET a = 2',
  'REMOVE INDEX tag ON product; UPDATE product:7 SET tags = ["x"]',
  `CREATE person:ada SET mail = 'a'; CREATE person:bob SET mail = 'b'; RELATE person:ada->like->person:bob;
   DEFINE BRANCH trial; UPDATE person:ada SET mail = 'c'; ERASE person:ada REASON 'fixture'`,
  `DEFINE TABLE reading HISTORY NONE; DEFINE INDEX n ON reading FIELDS n;
   CREATE reading:1 SET n = 1, m = 1; REMOVE BRANCH trial;
   UPDATE reading:1 SET m = 2; UPDATE reading:1 SET m = 3`,
]

const questions = [
  'SELECT * FROM product WHERE price = 13',
  "SELECT VALUE id FROM product WHERE code = 'c9'",
  'SELECT count() FROM product GROUP ALL',
  'SELECT * FROM thing',
  'SELECT VALUE ->like->product FROM product WHERE id IN [product:1, product:3]',
  'SELECT VALUE <-like<-product FROM ONLY product:3',
  'SELECT * FROM gone',
  'SELECT * FROM person',
  'SELECT * FROM reading WHERE n = 1',
  'RETURN $rate',
]
const questionsOfThePast = [
  'SELECT VALUE id FROM product WHERE price = 3 AS OF',
  'SELECT count() FROM product GROUP ALL AS OF',
  'SELECT VALUE ->like->product FROM ONLY product:1 AS OF',
]

async function answersOf(database: Database): Promise<{ question: string; answer: unknown }[]> {
  const { seq } = database.head()
  const past = questionsOfThePast.flatMap((text) => [6, 9, 12, seq].map((at) => `${text} ${at}`))
  const answers = []
  for (const question of [...questions, ...past]) {
    const [answer] = await database.query(question)
    answers.push({ question, answer: toTypedJson(answer) })
  }
  return answers
}

const data = path.join(folder, 'data')
const engine = await openEngine({ path: data })
const shop = await engine.database('shop')
for (const text of statements) await shop.query(text)
await shop.put(
  'product:1',
  { code: 'c1', price: 99 },
  {
    actor: 'user:ada',
    causedBy: [3],
    evidence: { source: 'fixture' },
    confidence: 0.5,
  },
)
await shop.forgetting.expire()
await shop.forgetting.settle()
await engine.close()

// What was in LevelDB's log moves into a table; what is written from here on stays in the log.
const again = await openEngine({ path: data })
const reopened = await again.database('shop')
await reopened.query("UPDATE product:9 SET price = 3, note = 'written last'")
await reopened.backup({ path: path.join(folder, 'shop.ddbackup') })
await reopened.export({ path: path.join(folder, 'records.jsonl') })
await reopened.export({ path: path.join(folder, 'history.jsonl'), history: true })
const expected = { ...reopened.head(), answers: await answersOf(reopened) }
writeFileSync(path.join(folder, 'expected.json'), `${JSON.stringify(expected, undefined, 1)}\n`)
await again.close()

for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
  if (/^(LOG|LOG\.old|LOCK|OPENED)$/.test(entry.name)) rmSync(path.join(entry.parentPath, entry.name))
}
