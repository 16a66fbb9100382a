import { type Script, script } from './script.ts'

/** Answers "done", "lost" when our session is over, or the session that holds it and when that ends. */
export const CLAIM: Script = script(
  ['session', 'epoch', 'path', 'value', 'replace'],
  `
sweep()
if not current(session, epoch) then return { 'lost' } end
local standing, _, holder = find(path)
if standing and holder == session and standing == value then return { 'done' } end
if standing and holder ~= '' and holder ~= session then
  if replace == 'no' then return { 'held', holder, redis.call('ZSCORE', sessions, holder) } end
  redis.call('HDEL', sessionKey(holder), path)
end
redis.call('HSET', sessionKey(session), path, '')
write(path, value, session)
return { 'done' }`,
)

/** Answers "done", or "lost" when our session is over. */
export const RELEASE: Script = script(
  ['session', 'epoch', 'path'],
  `
sweep()
if not current(session, epoch) then return 'lost' end
local _, _, holder = find(path)
if holder == session then
  redis.call('HDEL', sessionKey(session), path)
  remove(path)
end
return 'done'`,
)
