import { type Script, script } from './script.ts'

/** Answers value, number and the session that holds it, which may be ""; or null. */
export const GET: Script = script(
  ['path'],
  `
local value, number, holder = find(path)
return value and { value, number, holder }`,
)

/** Answers name, value and number of each child, one after another. */
export const LIST: Script = script(
  ['dir'],
  `
local values, stamps = redis.call('HGETALL', tree .. dir), redis.call('HGETALL', stampsKey(dir))
local stampOf, known, found = {}, { [''] = true }, {}
for i = 1, #stamps, 2 do stampOf[stamps[i]] = stamps[i + 1] end
for i = 1, #values, 2 do
  local number, holder = string.match(stampOf[values[i]] or '0', '^(%d+) ?(.*)$')
  if known[holder] == nil then known[holder] = alive(holder) or false end
  if known[holder] then
    found[#found + 1] = values[i]
    found[#found + 1] = values[i + 1]
    found[#found + 1] = number
  end
end
return found`,
)

/** `expected` is a revision, "none", or "any". Answers the number of the write, or null when it is another revision. */
export const PUT: Script = script(
  ['path', 'value', 'expected'],
  `
sweep()
if expected ~= 'any' and expected ~= revisionOf(path) then return false end
local _, _, holder = find(path)
return write(path, value, holder or '')`,
)

/** Answers "done", "changed" or "children". */
export const DELETE: Script = script(
  ['path', 'expected'],
  `
sweep()
if expected ~= 'any' and expected ~= revisionOf(path) then return 'changed' end
if redis.call('HLEN', tree .. path) > 0 then return 'children' end
local value, _, holder = find(path)
if value then
  if holder ~= '' then redis.call('HDEL', sessionKey(holder), path) end
  remove(path)
end
return 'done'`,
)
