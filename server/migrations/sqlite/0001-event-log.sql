-- The event log. An entry's tag covers prev_tag, source and the entry's own bytes (event-log/entry.ts).
-- AUTOINCREMENT: an id is never used again, whatever was trimmed.
CREATE TABLE log_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tag TEXT NOT NULL,
  prev_tag TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,                  -- milliseconds since the epoch
  kind TEXT NOT NULL CHECK (kind IN ('open', 'event', 'beat', 'gap', 'revoke')),
  name TEXT,                            -- event: created, updated, cancelled
  customer TEXT,                        -- event: NULL for a guest's order
  data TEXT,                            -- event: the whole order, JSON on one line
  staff_only TEXT,                      -- event: further members for staff
  note TEXT,                            -- every other kind
  prev_of_customer TEXT NOT NULL,       -- event: cursor of the customer's event before it, or ''
  prev_event TEXT NOT NULL              -- cursor of the event before it, or ''
) STRICT;

CREATE INDEX log_gaps ON log_entries (id) WHERE kind = 'gap';

-- The newest event of each customer that the log holds: where a replay starts its walk.
CREATE TABLE log_last (
  customer TEXT PRIMARY KEY,
  id INTEGER NOT NULL,
  tag TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each partition has got into the log.
CREATE TABLE log_checkpoints (
  partition TEXT PRIMARY KEY,
  "offset" INTEGER NOT NULL,
  fingerprint TEXT NOT NULL
) STRICT, WITHOUT ROWID;
