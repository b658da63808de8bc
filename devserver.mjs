// `import` and `require` share one implementation: see index.mjs.
export * from './dist/devserver/index.js'
