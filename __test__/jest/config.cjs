// Several test files in one process: Jest evaluates the package once per file, each time in a realm of its own.
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/__test__/jest/*.test.cjs'],
  moduleFileExtensions: ['js', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    '^aerostride$': '<rootDir>/dist/index.js',
    '^aerostride/devserver$': '<rootDir>/dist/devserver/index.js',
  },
  modulePathIgnorePatterns: ['<rootDir>/target', '<rootDir>/crates'],
  // Nothing is transformed: what runs is what is published.
  transform: {},
}
