-- answer-refit: answers waiting refit requests without a new version.
-- Guarantee: only for the holder of the lease. An answer that arrives after a newer one changes nothing.
-- Rule: isSameHolder and newerAnswer in registry-rules.ts.
--
-- KEYS[1] state hash
-- ARGV[1] changes channel
-- ARGV[2] the caller's epoch
-- ARGV[3] the caller's holder
-- ARGV[4] the last ticket that is answered
-- ARGV[5] the newest version; '' before the first
-- ARGV[6] outcome
--
-- Returns 1 when these tickets are answered, 0 when the lease differs.

local lease = redis.call('HMGET', KEYS[1], 'lease.epoch', 'lease.holder', 'answered.upTo')
if lease[1] ~= ARGV[2] or lease[2] ~= ARGV[3] then return 0 end
if tonumber(lease[3] or '0') > tonumber(ARGV[4]) then return 1 end

redis.call('HSET', KEYS[1], 'answered.upTo', ARGV[4], 'answered.version', ARGV[5], 'answered.outcome', ARGV[6])
redis.pcall('PUBLISH', ARGV[1], 'answer-refit')
return 1
