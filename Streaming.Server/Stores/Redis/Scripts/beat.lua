-- KEYS[1] leases  KEYS[2] urls  KEYS[3] beats  ARGV[1] node  ARGV[2] url  ARGV[3] life ms  → nothing
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[1], now)

-- Nodes that have been gone for a day.
for _, gone in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now - 86400000, 'BYSCORE', 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
  redis.call('HDEL', KEYS[3], gone)
end
