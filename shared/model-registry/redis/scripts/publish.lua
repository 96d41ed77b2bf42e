-- publish: stores a new version, moves the champion and journals the move, answers refit requests, and retires old
-- versions.
-- Guarantee: all of it or nothing, and at most once. All checks and reads come first. A full server refuses the first
-- write, an HSET; Redis lets the later writes of a script through. Record and tree are opaque text. The message on the
-- channel names a new champion, so that a server can load its texts together with the state.
-- Rule: publishOutcome, afterPublish and retiredVersions in registry-rules.ts.
--
-- KEYS[1] state hash
-- KEYS[2] aliases hash: alias -> '<version> <revision> <held 0|1>'
-- KEYS[3] records hash: version -> text
-- KEYS[4] trees hash: version -> text
-- KEYS[5] journal list
-- ARGV[1] changes channel
-- ARGV[2] the caller's epoch; '' for a version that no trainer made: then only the parent is checked
-- ARGV[3] the caller's holder
-- ARGV[4] version
-- ARGV[5] record digest
-- ARGV[6] record text
-- ARGV[7] tree text
-- ARGV[8] version of the parent, which must be the newest; '' for none
-- ARGV[9] record digest of the parent; '' for none
-- ARGV[10] expected revision of the champion; 0: there is none
-- ARGV[11] promote, 1 or 0
-- ARGV[12] reason, actor and time of the journal entry: the rest of a JSON object after its opening brace
-- ARGV[13] the bound of the journal, in entries
-- ARGV[14] the number of newest versions that retention spares
-- ARGV[15] the last refit ticket that is answered; '' for no answer
-- ARGV[16] version of the answer
-- ARGV[17] outcome of the answer
-- ARGV[18] retention retires lower numbers even among the newest
--
-- Returns 'already' | 'fenced' | 'beaten' | 'held' | 'champion-moved' | 'done', checked in this order.

local version, promote = ARGV[4], ARGV[11] == '1'

local state = redis.call('HMGET', KEYS[1],
  'lease.epoch', 'lease.holder', 'newest.version', 'newest.recordDigest', 'previousChampion')
local aliases = redis.call('HGETALL', KEYS[2])
local stored = redis.call('HGET', KEYS[3], version)
local storedTree = redis.call('HGET', KEYS[4], version)
local storedCount = redis.call('HLEN', KEYS[3])
-- Read before the first write: a key of a wrong type fails here, and nothing is half done.
redis.call('LLEN', KEYS[5])

local spared, championVersion, championRevision, championHeld = {}, nil, '0', '0'
for i = 1, #aliases, 2 do
  local target, revision, held = string.match(aliases[i + 1], '^(%d+) (%d+) ([01])$')
  if aliases[i] == 'champion' then
    championVersion, championRevision, championHeld = target, revision, held
  else
    spared[target] = true
  end
end

if stored == ARGV[6] and storedTree == ARGV[7] then return 'already' end
if ARGV[2] ~= '' and (state[1] ~= ARGV[2] or state[2] ~= ARGV[3]) then return 'fenced' end
if stored or (state[3] or '') ~= ARGV[8] or (state[4] or '') ~= ARGV[9] then return 'beaten' end
if promote and championHeld == '1' then return 'held' end
if championRevision ~= ARGV[10] then return 'champion-moved' end

local previousChampion = state[5] or nil
if promote then previousChampion = championVersion end
local nextChampion = championVersion
if promote then nextChampion = version end
if previousChampion then spared[previousChampion] = true end
if nextChampion then spared[nextChampion] = true end

local retired = {}
local keepFrom = tonumber(ARGV[18])
if storedCount + 1 > tonumber(ARGV[14]) or keepFrom > 1 then
  local numbers = { tonumber(version) }
  for _, name in ipairs(redis.call('HKEYS', KEYS[3])) do numbers[#numbers + 1] = tonumber(name) end
  table.sort(numbers, function(a, b) return a > b end)
  for i = 2, #numbers do
    local name = string.format('%.0f', numbers[i])
    local isOver = i > tonumber(ARGV[14]) or numbers[i] < keepFrom
    if isOver and not spared[name] then retired[#retired + 1] = name end
  end
end

redis.call('HSET', KEYS[4], version, ARGV[7])
redis.call('HSET', KEYS[3], version, ARGV[6])
redis.call('HSET', KEYS[1], 'newest.version', version, 'newest.recordDigest', ARGV[5])
if promote then
  local revision = string.format('%.0f', tonumber(championRevision) + 1)
  redis.call('HSET', KEYS[2], 'champion', version .. ' ' .. revision .. ' 0')
  if championVersion then redis.call('HSET', KEYS[1], 'previousChampion', championVersion) end
  redis.call('RPUSH', KEYS[5], '{"alias":"champion","from":' .. (championVersion or 'null') .. ',"to":' .. version
    .. ',"revision":' .. revision .. ',' .. ARGV[12])
  redis.call('LTRIM', KEYS[5], -tonumber(ARGV[13]), -1)
end
if ARGV[15] ~= '' then
  redis.call('HSET', KEYS[1], 'answered.upTo', ARGV[15], 'answered.version', ARGV[16], 'answered.outcome', ARGV[17])
end
for _, name in ipairs(retired) do
  redis.call('HDEL', KEYS[3], name)
  redis.call('HDEL', KEYS[4], name)
end
redis.pcall('PUBLISH', ARGV[1], promote and 'champion ' .. version or 'publish')
return 'done'
