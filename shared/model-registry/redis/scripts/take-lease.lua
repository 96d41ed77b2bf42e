-- take-lease: gives the lease to a new holder.
-- Guarantee: a compare-and-set on the lease that was seen. The epoch, the fencing token, rises by one, so the holder
-- before is fenced.
-- Rule: leaseTaken in registry-rules.ts.
--
-- KEYS[1] state hash
-- ARGV[1] changes channel
-- ARGV[2] epoch that was seen; '' for a lease that was never taken
-- ARGV[3] holder that was seen
-- ARGV[4] beat that was seen
-- ARGV[5] the new holder
--
-- Returns the new epoch as text, or nil when the lease changed meanwhile.

local lease = redis.call('HMGET', KEYS[1], 'lease.epoch', 'lease.holder', 'lease.beat')
local epoch = lease[1] or ''
if epoch ~= ARGV[2] or (lease[2] or '') ~= ARGV[3] or (lease[3] or '') ~= ARGV[4] then return false end
local nextEpoch = string.format('%.0f', (tonumber(epoch) or 0) + 1)

redis.call('HSET', KEYS[1], 'lease.epoch', nextEpoch, 'lease.holder', ARGV[5], 'lease.beat', '0')
redis.pcall('PUBLISH', ARGV[1], 'take-lease')
return nextEpoch
