-- KEYS[1] home  KEYS[2] ledger  KEYS[3] starts  KEYS[4] closes  ARGV[1] epoch  ARGV[2] channel  ARGV[3…] sequence, line, …
--   → 1 done, 0 fenced or the ledger goes on behind the last
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] or tonumber(ARGV[#ARGV - 1]) < last then return 0 end

redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
for i = 3, #ARGV, 2 do
  redis.call('XADD', KEYS[2], ARGV[i] .. '-0', 'e', ARGV[i + 1])
  local kind, at = string.match(ARGV[i + 1], '^(%d+)\t(%d+)')
  local marks = kind == '1' and KEYS[3] or kind == '31' and KEYS[4]
  if marks then redis.call('ZADD', marks, ARGV[i], ARGV[i] .. '\t' .. at) end
end

redis.call('PUBLISH', ARGV[2], ARGV[#ARGV - 1])
return 1
