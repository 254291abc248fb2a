-- KEYS[1] home  KEYS[2] document  ARGV[1] epoch, or nothing for a document of everybody's  ARGV[2] content; left out: remove  → 1 done, 0 fenced
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
if ARGV[2] then
  redis.call('SET', KEYS[2], ARGV[2])
else
  redis.call('DEL', KEYS[2])
end

return 1
