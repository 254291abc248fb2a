-- KEYS[1] leases  KEYS[2] urls  → node, url, … of the leases that live
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local living = {}
for _, node in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. now, '+inf', 'BYSCORE')) do
  living[#living + 1] = node
  living[#living + 1] = redis.call('HGET', KEYS[2], node) or ''
end

return living
