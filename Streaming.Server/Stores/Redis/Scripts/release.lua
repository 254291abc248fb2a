-- KEYS[1] home  ARGV[1] epoch  → 1 given back, 0 another's
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'node', '')
return 1
