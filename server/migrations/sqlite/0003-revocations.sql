-- Whose tokens are refused: those issued before `before` (seconds since the epoch). The row is of no
-- use any more from `until` on, when all of them are too old anyway.
CREATE TABLE revocations (
  subject TEXT PRIMARY KEY,
  before  INTEGER NOT NULL,
  until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
