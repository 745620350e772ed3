-- Whether the log holds the entry of a cursor. ARGV: id, tag.
readOpen()
local entry = call('XRANGE', FEED, ARGV[1], ARGV[1])[1]
return entry and readEntry(entry) == ARGV[2] and 1 or 0
