/**
 * Which part may import which: the arrows of docs/architecture.md as rules. `npm run check` fails on any
 * other. The two tables are the arrows; everything below turns them into rules. scripts/layers.test.ts
 * proves that the rules catch what they should. Imports of types count: a layer that knows another's types
 * depends on it.
 */

/** Packages: what each may import. A package is imported through its index.ts only. */
const packages = {
  protocol: [],
  engine: ['protocol'],
  server: ['engine', 'protocol'],
  client: ['protocol'],
  cli: ['server', 'client', 'engine', 'protocol'],
}

/**
 * Folders of the engine: what each may import besides the protocol and its own files. `database/` and the
 * files beside it put the layers together and may import all of them; no layer imports those.
 */
const engineLayers = {
  keys: [],
  storage: [],
  ledger: ['storage'],
  catalog: ['ledger', 'storage'],
  models: ['catalog', 'ledger', 'storage'],
  query: ['catalog', 'models', 'ledger', 'storage'],
  access: ['query', 'catalog'],
  feed: ['query', 'ledger'],
  replica: ['query', 'ledger'],
  verify: ['models', 'catalog', 'ledger', 'storage'],
  replay: ['models', 'catalog', 'ledger', 'storage'],
  backup: ['replay', 'ledger', 'storage'],
  transfer: ['replay', 'models', 'catalog', 'ledger', 'storage'],
}

/** Doors and services of the server: a service knows neither a door nor another service. */
const doors = ['http', 'ws', 'resp', 'mcp', 'line']
const services = [
  'auth',
  'anchors',
  'memory',
  'cache',
  'files',
  'functions',
  'automations',
  'webhooks',
  'code',
]

/** Tests, and what only tests use: they stand outside the layers, but inside the packages. */
const testFile = '[.](test|bench)[.]ts$|[.-](suite|fixture)[.]ts$|/testing/'
const source = { path: '^packages/', pathNot: testFile }

const any = (names) => `(${names.join('|')})`

function packageRules() {
  return Object.entries(packages).map(([name, allowed]) => ({
    name: `package-${name}`,
    comment: `${name} may import ${allowed.length === 0 ? 'no other package' : allowed.join(', ')}`,
    severity: 'error',
    from: { path: `^packages/${name}/` },
    to: { path: '^packages/', pathNot: `^packages/${any([name, ...allowed])}/` },
  }))
}

function engineRules() {
  return Object.entries(engineLayers).map(([name, allowed]) => ({
    name: `engine-${name}`,
    comment: `engine/src/${name} may import ${['the protocol', ...allowed].join(', ')}`,
    severity: 'error',
    from: { path: `^packages/engine/src/${name}/`, pathNot: testFile },
    to: { path: '^packages/engine/src/', pathNot: `^packages/engine/src/${any([name, ...allowed])}/` },
  }))
}

/** @type {import('dependency-cruiser').IConfiguration} */
const config = {
  forbidden: [
    ...packageRules(),
    ...engineRules(),
    {
      name: 'package-by-index',
      comment: 'another package is imported through its index.ts (its public API) only',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', '^packages/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'no-index-from-inside',
      comment: 'inside a package, import the file itself: its index.ts is for others',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/$1/src/index[.]ts$' },
    },
    {
      name: 'wiring-is-the-top',
      comment:
        'open-engine.ts and open-server.ts wire everything: only the public index.ts (and tests) import them',
      severity: 'error',
      from: { path: '^packages/', pathNot: ['/src/index[.]ts$', testFile] },
      to: { path: '/src/open-(engine|server)[.]ts$' },
    },
    {
      name: 'protocol-is-pure',
      comment:
        'the protocol runs in a browser: no Node builtin; of npm only what proofs are checked with (ADR 11)',
      severity: 'error',
      from: { path: '^packages/protocol/', pathNot: testFile },
      to: { pathNot: ['^packages/', '^node_modules/@noble/(hashes|ed25519)/'] },
    },
    {
      name: 'services-stand-alone',
      comment: 'a service of the server imports no other service and no door; they meet in the feed',
      severity: 'error',
      from: { path: `^packages/server/src/${any(services)}/`, pathNot: testFile },
      to: {
        path: `^packages/server/src/${any([...services, ...doors])}/`,
        pathNot: '^packages/server/src/$1/',
      },
    },
    {
      name: 'no-cycles',
      comment: 'files that import each other in a circle cannot be understood, tested or moved one by one',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-test-from-source',
      comment: 'what ships does not import tests or their support',
      severity: 'error',
      from: source,
      to: { path: testFile },
    },
    {
      name: 'no-dev-dependency',
      comment:
        'what ships imports what its package.json declares under dependencies, not the tools of the root',
      severity: 'error',
      from: source,
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'declared-dependency',
      comment: 'every imported package is declared in the package.json of the package that imports it',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      comment: 'every import leads to a file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules/[.]|dist/)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}

export default config
