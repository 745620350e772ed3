-- Compare-and-append of several partitions' groups. Redis does not roll a script back: everything
-- is checked and decided first, and the first write is the last that can be refused.
--
-- ARGV: retention in ms, ceiling of entries, then the groups one after the other:
--   'records', partition, expected offset and fingerprint ('' for none), number of records, offset and
--              fingerprint of the last, `offset:fingerprint` of each on a line, and of each:
--              customer, committed at, digest and bytes ('' each without an event)
--   'gap',     partition, expected offset and fingerprint, offset and fingerprint of the checkpoint
-- Answers four values a group: 'appended' or 'rewind', entries, checkpoint's offset and fingerprint.
local ends = readEnds()
if not ends then fail('NOTOPEN') end
local head = readHead(ends)
-- The other hashes are read before the first write, which shows their types.
has(GAP, 'string')
local refilling = has(REFILL, 'hash')

local ARGV = ARGV
local PER_RECORD = 4
local answer = {}
-- The entries to write, side by side; the customer of a gap is false.
local bodies, customers, commits, digests, count = {}, {}, {}, {}, 0
-- Partition → its checkpoint as of the groups decided so far; false for none.
local offsets, prints = {}, {}
local changed = {}

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

-- How many of the records the checkpoint covers already, or nil to rewind: the rules of
-- compare-append.ts. `positions` is read only where some may be covered.
local function covered(partition, expected, expectedPrint, records, positions)
  local stored, print = offsets[partition], prints[partition]
  if not stored then return expected == '' and 0 or nil end
  if expected == stored then return expectedPrint == print and 0 or nil end
  local storedAt = tonumber(stored)
  if expected ~= '' and tonumber(expected) > storedAt then return nil end
  local before = 0
  for offset, itsPrint in string.gmatch(positions, '(%d+):([^\n]*)') do
    local at = tonumber(offset)
    if at > storedAt then return before end
    before = before + 1
    if at == storedAt then return itsPrint == print and before or nil end
  end
  return records
end

local function decideRecords(at)
  local partition, records, first = ARGV[at + 1], tonumber(ARGV[at + 4]), at + 8
  local past = first + records * PER_RECORD
  load(partition)
  local skipped = covered(partition, ARGV[at + 2], ARGV[at + 3], records, ARGV[at + 7])
  if not skipped then
    tell('rewind', 0, partition)
    return past
  end
  local before = count
  for i = first + skipped * PER_RECORD, past - 1, PER_RECORD do
    local body = ARGV[i + 3]
    if body ~= '' then
      count = count + 1
      bodies[count], customers[count], commits[count] = body, ARGV[i], ARGV[i + 1]
      digests[count] = ARGV[i + 2]
    end
  end
  if skipped < records then move(partition, ARGV[at + 5], ARGV[at + 6]) end
  tell('appended', count - before, partition)
  return past
end

local function decideGap(at)
  local partition, offset = ARGV[at + 1], ARGV[at + 4]
  load(partition)
  if (offsets[partition] or '') ~= ARGV[at + 2] or prints[partition] ~= ARGV[at + 3] then
    tell('rewind', 0, partition)
  else
    count = count + 1
    bodies[count] = partition .. '@' .. offset .. '\ngap\n' .. partition
    customers[count] = false
    move(partition, offset ~= '' and offset, ARGV[at + 5])
    tell('appended', 1, partition)
  end
  return at + 6
end

local at, arguments = 3, #ARGV
while at <= arguments do
  if ARGV[at] == 'gap' then at = decideGap(at) else at = decideRecords(at) end
end

-- Customer → cursor of the newest event that the log holds, for those of this call.
local lastOf, asked, askedCount = { [''] = '' }, {}, 0
for i = 1, count do
  local customer = customers[i]
  if customer and not lastOf[customer] then
    lastOf[customer] = ''
    askedCount = askedCount + 1
    asked[askedCount] = customer
  end
end
if askedCount > 0 then
  local found = call('HMGET', LAST, unpack(asked))
  for i = 1, askedCount do
    local cursor = found[i]
    if cursor and holds(ends, cursor) then lastOf[asked[i]] = cursor end
  end
end

-- Milliseconds from commit to append, by the commit's time.
local deltas = { [''] = '' }
local function deltaOf(committed)
  local delta = word(head.ms - committed)
  deltas[committed] = delta
  return delta
end

local idBefore, gapId = word(head.ms) .. '-', nil
local tag, seq, link = head.tag, head.seq, eventLink(head)
for i = 1, count do
  local body, customer = bodies[i], customers[i]
  if customer then
    local tagBefore, committed = tag, commits[i]
    tag = sub(sha1hex(tagBefore .. '\n' .. digests[i]), 1, 8)
    seq = seq + 1
    local id = idBefore .. format('%d', seq)
    call('XADD', FEED, id, V1,
      tag .. tagBefore .. ' ' .. link .. ' ' .. lastOf[customer] .. ' ' .. (deltas[committed] or deltaOf(committed)),
      'b', body)
    link = '-'
    if customer ~= '' then lastOf[customer] = id .. '.' .. tag end
  else
    head.tag, head.seq = tag, seq
    if i > 1 and customers[i - 1] then head.event = { ms = head.ms, seq = seq, tag = tag } end
    gapId, tag = addNote(head, body)
    seq, link = head.seq, eventLink(head)
  end
end

if askedCount > 0 then
  local named = {}
  for i = 1, askedCount do
    named[2 * i - 1], named[2 * i] = asked[i], lastOf[asked[i]]
  end
  call('HSET', LAST, unpack(named))
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
if count > 0 then
  local oldest = head.now - tonumber(ARGV[1])
  if ends.firstMs < oldest then
    call('XTRIM', FEED, 'MINID', '~', word(oldest), 'LIMIT', 1000)
  end
  if ends.length + count > tonumber(ARGV[2]) then
    call('XTRIM', FEED, 'MAXLEN', '~', ARGV[2], 'LIMIT', 1000 + count)
  end
end
return answer
