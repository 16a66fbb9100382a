// Preloaded into a process that shall not find the package "zookeeper".
import { register } from 'node:module'

const hooks = `export async function resolve(name, context, next) {
  if (name === 'zookeeper') throw new Error("Cannot find package 'zookeeper'")
  return next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
