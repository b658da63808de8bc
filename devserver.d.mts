export * from './devserver.js'
