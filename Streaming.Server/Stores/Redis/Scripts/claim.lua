-- KEYS[1] home  KEYS[2] ledger  ARGV[1] node  ARGV[2] former epoch  → 1 granted or 0 not; node, epoch, last sequence
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
local home = redis.call('HMGET', KEYS[1], 'node', 'epoch')
if home[2] and home[2] ~= ARGV[2] then return {0, home[1], home[2], last} end

-- The clock (ms) makes an epoch that was never granted before, also when the home, or the last claim, was lost with a server.
local time = redis.call('TIME')
local epoch = string.format('%d', math.max(tonumber(ARGV[2]) + 1, time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('HSET', KEYS[1], 'node', ARGV[1], 'epoch', epoch)
return {1, ARGV[1], epoch, last}
