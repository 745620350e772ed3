-- What every script of the log begins with. All keys stand under one hash tag.
local FEED, LAST, CHECKPOINTS, REFILL, GAP = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call, sha1hex = redis.call, redis.sha1hex
local find, format, match, sub = string.find, string.format, string.match, string.sub

-- An entry has two fields. The name of the first is the version of the format: equal names cost
-- nothing in a Stream. v1: what it is linked to · b: the bytes that its tag covers, see entry.ts.
-- The links are four words with a space between each two, empty where there is none:
--   its tag and that of the entry before it, eight digits each · the event before it · the customer's
--   event before it · milliseconds from commit to append.
-- The event before it is `-` where that is the entry before it and one of the same millisecond.
-- Otherwise it is `back-seq`, with milliseconds back from its own id, and `.tag` where that is not the
-- entry before it. The customer's event is a cursor.
local V1, V1_FIELDS = 'v1', 4

local function fail(text)
  error({ err = text })
end

-- Whether there is such a key. Another type in its place is not ours to touch.
local function has(key, expected)
  local found = call('TYPE', key).ok
  if found == 'none' then return false end
  if found ~= expected then
    fail('FOREIGN ' .. key .. ' is of type ' .. found .. ', expected ' .. expected)
  end
  return true
end

-- Tag, tag before, event before, customer's event before; and the bytes.
local function readEntry(entry)
  local fields = entry[2]
  local tags, eventBefore, customers = match(fields[2], '^(%x+) (%S*) (%S*) %S*$')
  if fields[1] ~= V1 or #fields ~= V1_FIELDS or not tags then
    fail('FOREIGN ' .. FEED .. ' holds entry ' .. entry[1] .. ' in a format that this version cannot read')
  end
  return sub(tags, 1, 8), sub(tags, 9), eventBefore, customers, fields[4]
end

-- Works for a cursor too.
local function idParts(text)
  local ms, seq = match(text, '^(%d+)-(%d+)')
  return tonumber(ms), tonumber(seq)
end

local function isBefore(ms, seq, otherMs, otherSeq)
  return ms < otherMs or (ms == otherMs and seq < otherSeq)
end

-- The two ends of the log, or nil where it is not open.
local function readEnds()
  if not has(FEED, 'stream') then return nil end
  local reply, ends = call('XINFO', 'STREAM', FEED), {}
  for i = 1, #reply, 2 do ends[reply[i]] = reply[i + 1] end
  if ends.length == 0 then return nil end
  ends.first, ends.newest = ends['first-entry'], ends['last-entry']
  ends.firstMs, ends.firstSeq = idParts(ends.first[1])
  return ends
end

-- As readers see it: an error while the log is not open or refills.
local function readOpen()
  local ends = readEnds()
  if not ends or has(REFILL, 'hash') then fail('REFILLING') end
  return ends
end

local function holds(ends, cursor)
  local ms, seq = idParts(cursor)
  return not isBefore(ms, seq, ends.firstMs, ends.firstSeq)
end

local function kindOf(bytes)
  return match(bytes, '^[^\n]*\n(%a+)')
end

local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Whole numbers in full, however long (and several times as fast as by concatenation).
local function word(number)
  return format('%d', number)
end

-- What the next entry is linked to, and where it goes: ids only ever grow, whatever the clock does.
-- `event`: id and tag of the newest event that is held, where there is one.
local function readHead(ends)
  local newest = ends.newest
  local tag, tagBefore, eventBefore, _, bytes = readEntry(newest)
  local ms, seq = idParts(newest[1])
  local head = { tag = tag, now = now() }
  if kindOf(bytes) == 'event' then
    head.event = { ms = ms, seq = seq, tag = tag }
  elseif eventBefore == '-' then
    head.event = { ms = ms, seq = seq - 1, tag = tagBefore }
  elseif eventBefore ~= '' then
    local back, eventSeq = idParts(eventBefore)
    local eventTag = match(eventBefore, '%.(%x+)$') or tagBefore
    head.event = { ms = ms - back, seq = eventSeq, tag = eventTag }
  end
  local event = head.event
  if event and isBefore(event.ms, event.seq, ends.firstMs, ends.firstSeq) then head.event = nil end
  head.ms, head.seq = idParts(ends['last-generated-id'])
  if head.now > head.ms then head.ms, head.seq = head.now, -1 end
  return head
end

-- How the next entry names the newest event before it.
local function eventLink(head)
  local event = head.event
  if not event then return '' end
  local back, isNext = head.ms - event.ms, event.tag == head.tag
  if isNext and back == 0 and event.seq == head.seq then return '-' end
  local link = word(back) .. '-' .. word(event.seq)
  return isNext and link or link .. '.' .. event.tag
end

-- An entry without an event behind `head`; answers its id and its tag.
local function addNote(head, body)
  local tag = sub(sha1hex(head.tag .. '\n' .. body), 1, 8)
  local id = word(head.ms) .. '-' .. word(head.seq + 1)
  call('XADD', FEED, id, V1, tag .. head.tag .. ' ' .. eventLink(head) .. '  ', 'b', body)
  head.tag, head.seq = tag, head.seq + 1
  return id, tag
end

local function readState()
  local opened = readEnds() and 1 or 0
  local checkpoints = has(CHECKPOINTS, 'hash') and call('HGETALL', CHECKPOINTS) or {}
  local refill = has(REFILL, 'hash') and call('HGETALL', REFILL) or {}
  return { opened, checkpoints, refill }
end
