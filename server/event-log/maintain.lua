-- One bounded step of retention, and of forgetting whose newest event is gone. ARGV: retention in
-- ms, ceiling of entries, where the last step of the sweep ended. Answers whether there is more to do
-- now (1 or 0), whether the ceiling cuts into the retention, and where the sweep stands.
local STEP_ENTRIES, STEP_CUSTOMERS = 1000, 500
local ends = readEnds()
if not ends then return { 0, 0, '0' } end
has(LAST, 'hash')
local newestMs, newestSeq = idParts(ends.newest[1])
local maxEntries = math.max(1, tonumber(ARGV[2]))
local oldest = now() - tonumber(ARGV[1])
local minId = word(oldest)
if isBefore(newestMs, newestSeq, oldest, 0) then minId, oldest = ends.newest[1], newestMs end

-- Whole nodes first, which is cheap; what is left then of one node goes entry by entry.
local function trim(by, threshold)
  local removed = call('XTRIM', FEED, by, '~', threshold, 'LIMIT', STEP_ENTRIES)
  if removed == 0 then removed = call('XTRIM', FEED, by, '=', threshold) end
  return removed
end

local removed, ceiling = 0, 0
if ends.firstMs <= oldest then removed = trim('MINID', minId) end
if removed == 0 and ends.length > maxEntries then removed = trim('MAXLEN', maxEntries) end
if removed > 0 then ends = readEnds() end
if ends.length >= maxEntries and ends['entries-added'] > ends.length and ends.firstMs > oldest then
  ceiling = 1
end

local step = call('HSCAN', LAST, ARGV[3], 'COUNT', STEP_CUSTOMERS)
local seen, gone = step[2], {}
for i = 1, #seen, 2 do
  if not holds(ends, seen[i + 1]) then gone[#gone + 1] = seen[i] end
end
for i = 1, #gone, 1000 do call('HDEL', LAST, unpack(gone, i, math.min(i + 999, #gone))) end
-- Where a good part of a step was found to be gone, the next step is worth it too.
local worth = #gone * 8 > #seen and step[1] ~= '0'
return { (removed > 0 or worth) and 1 or 0, ceiling, step[1] }
