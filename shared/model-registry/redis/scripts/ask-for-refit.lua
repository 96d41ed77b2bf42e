-- ask-for-refit: counts one more request for a refit.
-- Guarantee: every caller gets a different ticket, and tickets rise.
--
-- KEYS[1] state hash
-- ARGV[1] changes channel
--
-- Returns the ticket as text: the client's number replies are not exact near 2^53.

local ticket = redis.call('HINCRBY', KEYS[1], 'requested', 1)
redis.pcall('PUBLISH', ARGV[1], 'ask-for-refit')
return string.format('%.0f', ticket)
