-- Whose tokens are refused: those issued before `before` (seconds since the epoch). The row is of no
-- use any more from `until` on, when all of them are too old anyway.
CREATE TABLE revocations (
  subject text COLLATE "C" PRIMARY KEY,
  before  bigint NOT NULL,
  until   bigint NOT NULL,
  change  bigint NOT NULL
);
CREATE INDEX revocations_by_change ON revocations (change);

-- One row, counted up in the transaction of each revocation: they become visible in this order, so
-- that a node that has read up to one misses none before it. (A sequence would not promise that.)
CREATE TABLE revocation_changes (
  one   boolean PRIMARY KEY DEFAULT true CHECK (one),
  count bigint NOT NULL
);
INSERT INTO revocation_changes (count) VALUES (0);
