/**
 * The import arrows of docs/architecture.md, as rules:
 * everything may import contract; constructs imports workflow; local may import runtime;
 * constructs knows runtime only as the path of a built asset.
 */
const layer = (name) => `^lib/${name}/`;
const only = (from, ...allowed) => ({
  name: `${from}-imports-only-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: layer(from) },
  to: { path: '^(lib|bin|test|examples|scripts)/', pathNot: [from, ...allowed].map(layer) },
});

/** The rooms of lib/constructs, from the ground up: each may import itself and the rooms above it in this list. */
const ROOMS = [
  'base',
  'encryption',
  'compliance',
  'lambda',
  'staging',
  'model',
  'network',
  'interpreter',
  'invoker',
  'batch-input',
  'batch-start',
  'batch-notifications',
  'batch',
  'batch-results',
  'agent',
  'observability',
];
const room = (name) => `^lib/constructs/${name}/`;
const rooms = ROOMS.map((name, index) => ({
  name: `constructs-${name}-imports-only-rooms-below-it`,
  severity: 'error',
  from: { path: room(name) },
  to: { path: '^lib/constructs/', pathNot: ROOMS.slice(0, index + 1).map(room) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('contract'),
    only('workflow', 'contract'),
    only('constructs', 'contract', 'workflow'),
    ...rooms,
    {
      name: 'constructs-live-in-a-room',
      severity: 'error',
      from: { path: '^lib/constructs/', pathNot: ['^lib/constructs/index.ts$', ...ROOMS.map(room)] },
      to: {},
    },
    only('runtime', 'contract'),
    only('local', 'contract', 'runtime'),
    {
      name: 'run-time-code-never-imports-cdk',
      severity: 'error',
      from: { path: '^lib/(contract|runtime|local)/' },
      to: { path: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'published-constructs-need-only-their-peers',
      severity: 'error',
      from: { path: '^lib/(contract|constructs|workflow|index)' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
