/**
 * What the scripts share, in Lua 5.1. `KEYS[1]` is the tree, `ARGV[1]` the silence in ms from which on the tree's clock
 * stands still: while nobody is heard, because the server was frozen, cut off or restarted, no session grows older. A jump
 * of the server's own clock counts as such a silence.
 */
export const LIBRARY = `
local tree = KEYS[1]
local sessions, clock = tree .. ':sessions', tree .. ':clock'

local function sessionKey(session) return tree .. ':session:' .. session end
local function stampsKey(dir) return tree .. ':stamps' .. dir end
local function text(number) return string.format('%.0f', number) end

local function split(path)
  local dir, name = string.match(path, '^(.*)/([^/]*)$')
  return dir == '' and '/' or dir, name
end

local at = redis.call('TIME')
local real = at[1] * 1000 + math.floor(at[2] / 1000)
local heard, silent = unpack(redis.call('HMGET', clock, 'heard', 'silent'))
local gap = real - (heard or real)
silent = tonumber(silent or 0)
if gap < 0 or gap > tonumber(ARGV[1]) then silent = silent + gap end
-- The time of the tree, in ms.
local now = real - silent

local function alive(session)
  local ends = redis.call('ZSCORE', sessions, session)
  return ends and tonumber(ends) > now
end

local function stampOf(dir, name)
  local stamp = redis.call('HGET', stampsKey(dir), name)
  if not stamp then return '0', '' end
  return string.match(stamp, '^(%d+) ?(.*)$')
end

-- Value, number of the last write, and holder or ''. Nothing when its holder is dead.
local function find(path)
  local dir, name = split(path)
  local value = redis.call('HGET', tree .. dir, name)
  if not value then return nil end
  local number, holder = stampOf(dir, name)
  if holder ~= '' and not alive(holder) then return nil end
  return value, number, holder
end

local function revisionOf(path)
  local value, number = find(path)
  return value and number .. '-' .. string.sub(redis.sha1hex(value), 1, 8) or 'none'
end

-- Begins at the server's time in us, so that no number comes again after the data were lost.
local function nextNumber()
  if redis.call('EXISTS', tree .. ':revision') == 0 then
    redis.call('SET', tree .. ':revision', text(real * 1000))
  end
  return text(redis.call('INCR', tree .. ':revision'))
end

local function tell(dir, name, number)
  redis.call('ZADD', tree .. ':changes', number, dir)
  -- A hint: who may not publish may still write.
  redis.pcall('PUBLISH', tree .. ':changed' .. dir, name)
end

local function write(path, value, holder)
  local dir, name = split(path)
  if dir ~= '/' then
    local above, last = split(dir)
    if redis.call('HEXISTS', tree .. above, last) == 0 then write(dir, '', '') end
  end
  local number = nextNumber()
  redis.call('HSET', tree .. dir, name, value)
  redis.call('HSET', stampsKey(dir), name, holder == '' and number or number .. ' ' .. holder)
  tell(dir, name, number)
  return number
end

local function remove(path)
  local dir, name = split(path)
  redis.call('HDEL', tree .. dir, name)
  redis.call('HDEL', stampsKey(dir), name)
  tell(dir, name, nextNumber())
end

local function finish(session)
  for _, path in ipairs(redis.call('HKEYS', sessionKey(session))) do
    if path ~= 'epoch' then
      local _, holder = stampOf(split(path))
      if holder == session then remove(path) end
    end
  end
  redis.call('DEL', sessionKey(session))
  redis.call('ZREM', sessions, session)
end

-- Ends the dead. Every script that writes does so first.
local function sweep()
  if not heard or gap < 0 or gap > 250 then
    redis.call('HSET', clock, 'heard', text(real), 'silent', text(silent))
  end
  for _, session in ipairs(redis.call('ZRANGEBYSCORE', sessions, '-inf', text(now))) do finish(session) end
end

-- A connection that was given up may still be served: what comes by it is too late.
local function current(session, epoch)
  return alive(session) and redis.call('HGET', sessionKey(session), 'epoch') == epoch
end

`
