-- answer-refit: answers waiting refit requests without a new version.
-- Guarantee: only for the holder of the lease; an answer that arrives after a newer one does not take that back.
--
-- KEYS[1] state hash
-- ARGV[1] changes channel
-- ARGV[2] held epoch
-- ARGV[3] held holder
-- ARGV[4] the last ticket that is answered
-- ARGV[5] the newest version; '' before the first
-- ARGV[6] outcome
--
-- Returns 1 when these tickets are answered, 0 when the lease is another one.

local lease = redis.call('HMGET', KEYS[1], 'lease.epoch', 'lease.holder', 'answered.upTo')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] then return 0 end
if tonumber(lease[3] or '0') > tonumber(ARGV[4]) then return 1 end

redis.call('HSET', KEYS[1], 'answered.upTo', ARGV[4], 'answered.version', ARGV[5], 'answered.outcome', ARGV[6])
redis.pcall('PUBLISH', ARGV[1], 'answer-refit')
return 1
