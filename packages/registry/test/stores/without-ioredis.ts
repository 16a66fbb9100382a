// Preloaded into a process that shall not find the package "ioredis".
import { register } from 'node:module'

const hooks = `export async function resolve(name, context, next) {
  if (name === 'ioredis') throw new Error("Cannot find package 'ioredis'")
  return next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
