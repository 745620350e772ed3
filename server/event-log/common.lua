-- What every script of the log begins with. All keys stand under one hash tag.
local FEED, LAST, CHECKPOINTS, REFILL, GAP = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call, sha1hex = redis.call, redis.sha1hex
local find, format, match, sub = string.find, string.format, string.match, string.sub

-- The name of an entry's first field is the version of its format; equal names cost nothing in a
-- Stream. v1: tag · p: tag before it · e: event before it · c: customer's event before it ·
-- a: milliseconds from commit to append · b: the bytes that the tag covers, see entry.ts.
local V1, V1_FIELDS = 'v1', 12

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

local function checkFormat(entry)
  local fields = entry[2]
  if fields[1] ~= V1 or #fields ~= V1_FIELDS then
    fail('FOREIGN ' .. FEED .. ' holds entry ' .. entry[1] .. ' in a format that this version cannot read')
  end
  return fields
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
  if cursor == '' then return false end
  local ms, seq = idParts(cursor)
  return not isBefore(ms, seq, ends.firstMs, ends.firstSeq)
end

local function kindOf(fields)
  return match(fields[12], '^[^\n]*\n(%a+)')
end

local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- What the next entry is linked to, and where it goes: ids only ever grow, whatever the clock does.
local function readHead(ends)
  local newest = ends.newest
  local fields = checkFormat(newest)
  local lastEvent = kindOf(fields) == 'event' and newest[1] .. '.' .. fields[2] or fields[6]
  if not holds(ends, lastEvent) then lastEvent = '' end
  local ms, seq, clock = 0, 0, now()
  ms, seq = idParts(ends['last-generated-id'])
  if clock > ms then ms, seq = clock, -1 end
  return { tag = fields[2], lastEvent = lastEvent, now = clock, ms = ms, seq = seq }
end

local function readState()
  local opened = readEnds() and 1 or 0
  local checkpoints = has(CHECKPOINTS, 'hash') and call('HGETALL', CHECKPOINTS) or {}
  local refill = has(REFILL, 'hash') and call('HGETALL', REFILL) or {}
  return { opened, checkpoints, refill }
end
