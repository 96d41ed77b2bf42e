-- identity: gives the registry's random id, and stores a missing one.
-- Guarantee: the first caller's id stays, and later callers get it. An emptied server takes a new id.
--
-- KEYS[1] state hash
-- ARGV[1] the id to store when there is none
--
-- Returns the id.

local id = redis.call('HGET', KEYS[1], 'registryId')
if id then return id end

redis.call('HSET', KEYS[1], 'registryId', ARGV[1])
return ARGV[1]
