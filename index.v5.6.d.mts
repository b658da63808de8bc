export * from './index.v5.6.js'
