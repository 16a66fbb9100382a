import { type Script, script } from './script.ts'

/** Opens a session, or goes on with it over a new connection. Answers whether it was still alive, and the last number. */
export const OPEN: Script = script(
  ['session', 'epoch', 'timeoutMs'],
  `
sweep()
local kept = alive(session) and 1 or 0
local before = redis.call('HGET', sessionKey(session), 'epoch')
if tonumber(before or 0) <= tonumber(epoch) then
  redis.call('HSET', sessionKey(session), 'epoch', epoch)
  redis.call('ZADD', sessions, text(now + timeoutMs), session)
end
return { kept, redis.call('GET', tree .. ':revision') or '0' }`,
)

/** Answers 1, or 0 when the session is over. */
export const BEAT: Script = script(
  ['session', 'epoch', 'timeoutMs'],
  `
sweep()
if not current(session, epoch) then return 0 end
redis.call('ZADD', sessions, text(now + timeoutMs), session)
return 1`,
)

/** Ends a session, and removes what it holds. */
export const END: Script = script(['session'], 'finish(session)')

/** Answers the last number, and the paths of which a child was written after number `since`. */
export const LOOK: Script = script(
  ['since'],
  `
sweep()
local last = redis.call('GET', tree .. ':revision') or '0'
local answer = { last }
if last ~= since then
  for _, dir in ipairs(redis.call('ZRANGEBYSCORE', tree .. ':changes', '(' .. since, '+inf')) do
    answer[#answer + 1] = dir
  end
end
return answer`,
)
