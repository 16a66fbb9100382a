/** Whether this process says that it works for real: `NODE_ENV=production`. */
export function isProduction({ NODE_ENV = '' }: NodeJS.ProcessEnv = process.env): boolean {
  return NODE_ENV === 'production'
}
