-- move-alias: points an alias at a stored version, and journals it.
-- Guarantee: a compare-and-set on the alias's revision, which rises by one. When the champion moves to another
-- version, its old version becomes the previous champion, to which a rollback returns.
-- Rule: moveOutcome and afterMove in registry-rules.ts.
--
-- KEYS[1] state hash
-- KEYS[2] aliases hash: alias -> '<version> <revision> <held 0|1>'
-- KEYS[3] records hash
-- KEYS[4] journal list
-- ARGV[1] changes channel
-- ARGV[2] alias
-- ARGV[3] version to point at
-- ARGV[4] expected revision; 0: the alias does not exist yet
-- ARGV[5] held, 1 or 0
-- ARGV[6] reason, actor and time of the journal entry: the rest of a JSON object after its opening brace
-- ARGV[7] the bound of the journal, in entries
--
-- Returns {'stale', value, or '' without an alias} | {'unknown-version', ''} | {'moved', value}, checked in this
-- order.

local value = redis.call('HGET', KEYS[2], ARGV[2]) or ''
local from, revision = string.match(value, '^(%d+) (%d+) [01]$')
local known = redis.call('HEXISTS', KEYS[3], ARGV[3])
-- Read before the first write: a key of a wrong type fails here, and nothing is half done.
redis.call('HLEN', KEYS[1])
redis.call('LLEN', KEYS[4])

if (revision or '0') ~= ARGV[4] then return { 'stale', value } end
if known == 0 then return { 'unknown-version', '' } end

local nextRevision = string.format('%.0f', tonumber(revision or '0') + 1)
local nextValue = ARGV[3] .. ' ' .. nextRevision .. ' ' .. ARGV[5]
local entry = '{"alias":' .. cjson.encode(ARGV[2]) .. ',"from":' .. (from or 'null') .. ',"to":' .. ARGV[3]
  .. ',"revision":' .. nextRevision .. ',' .. ARGV[6]

redis.call('HSET', KEYS[2], ARGV[2], nextValue)
if ARGV[2] == 'champion' and from and from ~= ARGV[3] then
  redis.call('HSET', KEYS[1], 'previousChampion', from)
end
redis.call('RPUSH', KEYS[4], entry)
redis.call('LTRIM', KEYS[4], -tonumber(ARGV[7]), -1)
redis.pcall('PUBLISH', ARGV[1], 'move-alias')
return { 'moved', nextValue }
