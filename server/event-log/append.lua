-- Compare-and-append of several partitions' groups. Redis does not roll a script back: everything
-- is checked and decided first, and the first write is the last that can be refused.
--
-- ARGV: retention in ms, ceiling of entries, then the groups one after the other:
--   'records', partition, expected offset and fingerprint ('' for none), number of records,
--              and of each: offset, fingerprint, customer, committed at, bytes ('' without an event)
--   'gap',     partition, expected offset and fingerprint, offset and fingerprint of the checkpoint
-- Answers four values a group: 'appended' or 'rewind', entries, checkpoint's offset and fingerprint.
local ends = readEnds()
if not ends then fail('NOTOPEN') end
local head = readHead(ends)
has(LAST, 'hash')
has(CHECKPOINTS, 'hash')
has(GAP, 'string')
local refilling = has(REFILL, 'hash')

local PER_RECORD = 5
local answer = {}
-- The entries to write, side by side.
local bodies, customers, commits, count = {}, {}, {}, 0
-- Partition → its checkpoint as of the groups decided so far; false for none.
local offsets, prints = {}, {}
local changed = {}
local gapAt = 0

local function load(partition)
  if offsets[partition] ~= nil then return end
  local stored = call('HGET', CHECKPOINTS, partition)
  offsets[partition], prints[partition] = false, ''
  if stored then offsets[partition], prints[partition] = match(stored, '^(%d+):(.*)$') end
end

local function move(partition, offset, print)
  offsets[partition], prints[partition] = offset, print
  changed[partition] = true
end

local function tell(outcome, entries, partition)
  local n = #answer
  answer[n + 1], answer[n + 2] = outcome, entries
  answer[n + 3], answer[n + 4] = offsets[partition] or '', prints[partition]
end

-- Where in ARGV the first record is that the checkpoint does not cover, or nil to rewind. The rules
-- are those of compare-append.ts.
local function firstNew(partition, expected, expectedPrint, from, past)
  local stored = offsets[partition]
  if not stored then return expected == '' and from or nil end
  local storedAt = tonumber(stored)
  if expected ~= '' then
    local expectedAt = tonumber(expected)
    if expectedAt > storedAt then return nil end
    if expectedAt == storedAt and expectedPrint ~= prints[partition] then return nil end
  end
  for i = from, past - 1, PER_RECORD do
    local offset = tonumber(ARGV[i])
    if offset > storedAt then return i end
    if offset == storedAt then
      return ARGV[i + 1] == prints[partition] and i + PER_RECORD or nil
    end
  end
  return past
end

local function decideRecords(at)
  local partition, from = ARGV[at + 1], at + 5
  local past = from + tonumber(ARGV[at + 4]) * PER_RECORD
  load(partition)
  local first = firstNew(partition, ARGV[at + 2], ARGV[at + 3], from, past)
  if not first then
    tell('rewind', 0, partition)
    return past
  end
  local before = count
  for i = first, past - 1, PER_RECORD do
    local body = ARGV[i + 4]
    if body ~= '' then
      count = count + 1
      bodies[count], customers[count], commits[count] = body, ARGV[i + 2], ARGV[i + 3]
    end
  end
  if first < past then move(partition, ARGV[past - PER_RECORD], ARGV[past - PER_RECORD + 1]) end
  tell('appended', count - before, partition)
  return past
end

local function decideGap(at)
  local partition, expected, offset = ARGV[at + 1], ARGV[at + 2], ARGV[at + 4]
  load(partition)
  if (offsets[partition] or '') ~= expected or prints[partition] ~= ARGV[at + 3] then
    tell('rewind', 0, partition)
  else
    count = count + 1
    bodies[count] = partition .. '@' .. offset .. '\ngap\n' .. partition
    customers[count], commits[count] = false, ''
    gapAt = count
    move(partition, offset ~= '' and offset, ARGV[at + 5])
    tell('appended', 1, partition)
  end
  return at + 6
end

local at = 3
while at <= #ARGV do
  if ARGV[at] == 'gap' then at = decideGap(at) else at = decideRecords(at) end
end

-- Customer → cursor of the newest event that the log holds, for those of this call.
local lastOf, asked = {}, {}
for i = 1, count do
  local customer = customers[i]
  if customer and customer ~= '' and lastOf[customer] == nil then
    lastOf[customer] = ''
    asked[#asked + 1] = customer
  end
end
if #asked > 0 then
  local found = call('HMGET', LAST, unpack(asked))
  for i = 1, #asked do
    local cursor = found[i]
    if cursor and holds(ends, cursor) then lastOf[asked[i]] = cursor end
  end
end

local tag, lastEvent, seq = head.tag, head.lastEvent, head.seq
local idBefore = format('%.0f-', head.ms)
local gapId
for i = 1, count do
  local body, customer, committed = bodies[i], customers[i], commits[i]
  local before = tag
  tag = sub(sha1hex(before .. '\n' .. body), 1, 8)
  seq = seq + 1
  local id = idBefore .. seq
  local delta = committed ~= '' and head.ms - committed or ''
  if customer then
    local cursor = id .. '.' .. tag
    call('XADD', FEED, id, V1, tag, 'p', before, 'e', lastEvent, 'c', lastOf[customer] or '',
      'a', delta, 'b', body)
    lastEvent = cursor
    if customer ~= '' then lastOf[customer] = cursor end
  else
    call('XADD', FEED, id, V1, tag, 'p', before, 'e', lastEvent, 'c', '', 'a', '', 'b', body)
    if i == gapAt then gapId = id end
  end
end

if #asked > 0 then
  local pairsOf = {}
  for i = 1, #asked do
    pairsOf[2 * i - 1], pairsOf[2 * i] = asked[i], lastOf[asked[i]]
  end
  call('HSET', LAST, unpack(pairsOf))
end
if gapId then call('SET', GAP, gapId) end
for partition in pairs(changed) do
  local offset = offsets[partition]
  if offset then
    call('HSET', CHECKPOINTS, partition, offset .. ':' .. prints[partition])
  else
    call('HDEL', CHECKPOINTS, partition)
  end
  if refilling then
    -- Without a checkpoint the source is another one now, and its target means nothing any more.
    local target = match(call('HGET', REFILL, partition) or '', ':(%d+)$')
    if target and (not offset or tonumber(offset) >= tonumber(target)) then
      call('HDEL', REFILL, partition)
    end
  end
end

-- Retention on the way, in whole nodes; `maintain` is exact. What was written now stays.
local oldest = head.now - tonumber(ARGV[1])
if count > 0 then
  if ends.firstMs < oldest then
    call('XTRIM', FEED, 'MINID', '~', format('%.0f', oldest), 'LIMIT', 1000)
  end
  if ends.length + count > tonumber(ARGV[2]) then
    call('XTRIM', FEED, 'MAXLEN', '~', ARGV[2], 'LIMIT', 1000 + count)
  end
end
return answer
