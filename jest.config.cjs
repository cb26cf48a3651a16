/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  transform: { '^.+\\.([cm]?[jt]s)$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  // fauxqs is published as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(fauxqs|yocto-queue|p-limit)/)'],
  testTimeout: 60_000,
};
