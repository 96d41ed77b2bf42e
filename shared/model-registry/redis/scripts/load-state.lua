-- load-state: reads the state and the aliases.
-- Guarantee: one consistent view, since no other step comes between the two reads. It writes nothing.
--
-- KEYS[1] state hash
-- KEYS[2] aliases hash
--
-- Returns the fields of both hashes, each as name, value, name, value …

return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
