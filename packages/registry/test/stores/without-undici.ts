// Preloaded into a process that shall not find the package "undici".
import { register } from 'node:module'

const hooks = `export async function resolve(name, context, next) {
  if (name === 'undici') throw new Error("Cannot find package 'undici'")
  return next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
