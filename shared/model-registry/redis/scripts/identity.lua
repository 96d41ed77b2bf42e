-- identity: gives the registry's own random id, and makes it where none is.
-- Guarantee: the first caller's id stays; everyone after gets that one. An emptied server takes a new id.
--
-- KEYS[1] state hash
-- ARGV[1] the id to take when there is none
--
-- Returns the id.

local id = redis.call('HGET', KEYS[1], 'registryId')
if id then return id end

redis.call('HSET', KEYS[1], 'registryId', ARGV[1])
return ARGV[1]
