-- KEYS[1] home  KEYS[2] ledger  KEYS[3] view  KEYS[4] starts  KEYS[5] closes  ARGV[1] epoch  ARGV[2] channel  ARGV[3] first sequence  ARGV[4] 1: over a gap
--   ARGV[5…] line, …  → 0 done, 1 fenced, 2 gap; last sequence
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return {1, last} end

local before = tonumber(ARGV[3]) - 5   -- the entry in ARGV[i] has the sequence before + i
if newest and before + 5 > last + 1 and ARGV[4] ~= '1' then return {2, last} end   -- an empty ledger takes any beginning

-- A device in the view: since when (ticks), and a digit: twice the role, and one more while it is connected.
local function show(member, device, role, since, connected)
  redis.call('HSET', KEYS[3], member .. '\t' .. device, since .. (tonumber(role) or 1) * 2 + connected)
end

for i = math.max(last + 1 - before, 5), #ARGV do
  local line = ARGV[i]
  last = before + i
  redis.call('XADD', KEYS[2], string.format('%d-0', last), 'e', line)
  local kind, at, member, device, role = string.match(line, '^(%d+)\t(%d+)\t%d*\t([^\t]*)\t([^\t]*)\t(%d*)')
  if kind == '10' or kind == '12' then       -- joined, returned
    show(member, device, role, at, 1)
  elseif kind == '11' then                   -- dropped
    show(member, device, role, at, 0)
  elseif kind == '13' then                   -- left
    redis.call('HDEL', KEYS[3], member .. '\t' .. device)
  elseif kind == '30' then                   -- interrupted: everybody has the grace from now on
    local devices = redis.call('HGETALL', KEYS[3])
    for d = 1, #devices, 2 do
      local digit = tonumber(string.sub(devices[d + 1], -1))
      redis.call('HSET', KEYS[3], devices[d], at .. digit - digit % 2)
    end
  elseif kind == '1' then                    -- started
    redis.call('ZADD', KEYS[4], last, string.format('%d\t%s', last, at))
  elseif kind == '31' then                   -- closed
    redis.call('ZADD', KEYS[5], last, string.format('%d\t%s', last, at))
  end
  if i == #ARGV then redis.call('PUBLISH', ARGV[2], string.format('%d', last)) end
end

return {0, last}
