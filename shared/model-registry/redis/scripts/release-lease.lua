-- release-lease: gives the lease up, so that another may take it at once.
-- Guarantee: only for the caller's epoch and holder. The epoch stays, so it never falls.
-- Rule: leaseReleased in registry-rules.ts.
--
-- KEYS[1] state hash
-- ARGV[1] changes channel
-- ARGV[2] the caller's epoch
-- ARGV[3] the caller's holder
--
-- Returns 1 when the lease was given up, 0 when it differs.

local lease = redis.call('HMGET', KEYS[1], 'lease.epoch', 'lease.holder')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] then return 0 end

redis.call('HSET', KEYS[1], 'lease.holder', '')
redis.pcall('PUBLISH', ARGV[1], 'release-lease')
return 1
