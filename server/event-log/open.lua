-- Opens a log that holds no entry, with all that is to be refilled; leaves an open one as it is.
-- ARGV: the random tag, then of each partition to refill: name, start, target. Answers the state.
if not readEnds() then
  has(LAST, 'hash')
  has(CHECKPOINTS, 'hash')
  has(REFILL, 'hash')
  has(GAP, 'string')
  call('XADD', FEED, '*', V1, ARGV[1] .. '   ', 'b', '\nopen\n')
  -- Left over from a feed that somebody removed alone.
  call('DEL', LAST, CHECKPOINTS, REFILL, GAP)
  for i = 2, #ARGV, 3 do call('HSET', REFILL, ARGV[i], ARGV[i + 1] .. ':' .. ARGV[i + 2]) end
end
return readState()
