-- release-lease: gives the lease up, so that another may take it at once.
-- Guarantee: only when epoch and holder are still the held ones; the epoch stays, so it never falls.
--
-- KEYS[1] state hash
-- ARGV[1] changes channel
-- ARGV[2] held epoch
-- ARGV[3] held holder
--
-- Returns 1 when it was given up, 0 when the lease is another one.

local lease = redis.call('HMGET', KEYS[1], 'lease.epoch', 'lease.holder')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] then return 0 end

redis.call('HSET', KEYS[1], 'lease.holder', '')
redis.pcall('PUBLISH', ARGV[1], 'release-lease')
return 1
