/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/needs-environment.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  transform: {
    // Sources that run inside a session are text here, as in the bundles.
    '\\.(py|deno\\.js)$': '<rootDir>/test/support/text-transform.cjs',
    '^.+\\.([cm]?[jt]s)$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // fauxqs is published as ES modules only.
  moduleNameMapper: { '^fauxqs$': '<rootDir>/node_modules/fauxqs/dist/app.js' },
  transformIgnorePatterns: ['/node_modules/(?!fauxqs/)'],
  // Against tests that never end; loaded machines take long.
  testTimeout: 180_000,
  // Most tests wait for programs that they have started: a worker less than there are processors would leave one idle.
  maxWorkers: '100%',
  reporters: ['default', '<rootDir>/test/support/skipped-reporter.cjs'],
};
