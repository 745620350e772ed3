-- A channel's entries after a cursor. ARGV: the cursor's id and tag, how many entries at most, the
-- channel ('orders' or 'admin'), the customer.
-- orders: walks the customer's chain back; answers 'ok', the newest entry's cursor and the events,
--   newest first.
-- admin: answers 'ok', '' and one page of entries of any kind, oldest first.
-- Otherwise answers the reason alone.
local ends = readOpen()
local id, tag, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local ms, seq = idParts(id)

if isBefore(ms, seq, ends.firstMs, ends.firstSeq) then
  -- What lies before a log that has lost nothing yet was another log's.
  local _, _, _, _, bytes = readEntry(ends.first)
  return { kindOf(bytes) == 'open' and 'unknown' or 'expired' }
end
local place = call('XRANGE', FEED, id, id)[1]
if not place or readEntry(place) ~= tag then return { 'unknown' } end
local gap = has(GAP, 'string') and call('GET', GAP)
if gap and isBefore(ms, seq, idParts(gap)) then return { 'source_gap' } end

if ARGV[4] == 'admin' then
  return { 'ok', '', call('XRANGE', FEED, '(' .. id, '+', 'COUNT', limit) }
end

local newest = ends.newest
local reached = newest[1] .. '.' .. readEntry(newest)
local found, _ = {}, nil
local cursor = has(LAST, 'hash') and call('HGET', LAST, ARGV[5]) or ''
while cursor ~= '' do
  local nextMs, nextSeq = idParts(cursor)
  if not isBefore(ms, seq, nextMs, nextSeq) then break end
  if #found >= limit then return { 'too_far' } end
  local nextId = nextMs and match(cursor, '^[^.]+')
  local entry = call('XRANGE', FEED, nextId, nextId)[1]
  if not entry then return { 'expired' } end
  found[#found + 1] = entry
  _, _, _, cursor = readEntry(entry)
end
return { 'ok', reached, found }
