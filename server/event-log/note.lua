-- Appends an entry without an event. ARGV: kind, note, and the age in ms that the newest entry must
-- have reached, '' for any. Answers the entry's cursor, or nothing where the log was not silent.
local ends = readEnds()
if not ends then fail('NOTOPEN') end
local head = readHead(ends)
local silentMs = ARGV[3]
if silentMs ~= '' and head.now - idParts(ends.newest[1]) < tonumber(silentMs) then return false end
local id, tag = addNote(head, '\n' .. ARGV[1] .. '\n' .. ARGV[2])
return id .. '.' .. tag
