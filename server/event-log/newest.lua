-- The newest entries, newest first. ARGV: how many, and the id that they are older than ('' for all).
readOpen()
local from = ARGV[2] == '' and '+' or '(' .. ARGV[2]
return call('XREVRANGE', FEED, from, '-', 'COUNT', ARGV[1])
