// `import` and `require` share one implementation, so `instanceof` holds across both.
export * from './dist/index.js'
