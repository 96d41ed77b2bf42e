-- renew-lease: raises the lease's beat by one, and stores the holder's report.
-- Guarantee: a compare-and-set on epoch, holder and beat.
-- Rule: leaseRenewed in registry-rules.ts.
--
-- KEYS[1] state hash
-- KEYS[2] report
-- ARGV[1] changes channel
-- ARGV[2] the caller's epoch
-- ARGV[3] the caller's holder
-- ARGV[4] the caller's beat
-- ARGV[5] the new report; '' leaves the old one
--
-- Returns the new beat as text, or nil when the lease differs.

local lease = redis.call('HMGET', KEYS[1], 'lease.epoch', 'lease.holder', 'lease.beat')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] or lease[3] ~= ARGV[4] then return false end
local nextBeat = string.format('%.0f', tonumber(lease[3]) + 1)

redis.call('HSET', KEYS[1], 'lease.beat', nextBeat)
if ARGV[5] ~= '' then redis.call('SET', KEYS[2], ARGV[5]) end
redis.pcall('PUBLISH', ARGV[1], 'renew-lease')
return nextBeat
