CREATE TABLE products (
  position    INTEGER PRIMARY KEY,
  product_id  TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  price       INTEGER NOT NULL,
  currency    TEXT NOT NULL,
  active      INTEGER NOT NULL
) STRICT;

-- seq counts the orders as they are placed: lists are walked by it, newest first. It leaves the
-- server nowhere, because it tells how many orders the shop has.
CREATE TABLE orders (
  seq      INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE,
  buyer_id TEXT,
  status   TEXT NOT NULL,
  -- The day of creation in the shop's time zone, kept: the zone of the shop may change.
  day      TEXT NOT NULL,
  -- The whole order as JSON on one line, as REST answers it and as its last event carried it.
  body     TEXT NOT NULL
) STRICT;
CREATE INDEX orders_of_buyer ON orders (buyer_id);
CREATE INDEX orders_in_status ON orders (status);

CREATE TABLE order_changes (
  order_id TEXT NOT NULL,
  version  INTEGER NOT NULL,
  status   TEXT NOT NULL,
  at       TEXT NOT NULL,
  by       TEXT NOT NULL,
  reason   TEXT,
  PRIMARY KEY (order_id, version)
) STRICT, WITHOUT ROWID;

-- What staff search in, by orders.seq. Nothing in it ever changes, so the words alone are kept.
-- prefix: the first letter that somebody types would else gather nearly every order there is.
CREATE VIRTUAL TABLE order_search USING fts5 (
  words, content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '1'
);

-- day = 'all' counts every day.
CREATE TABLE order_stats (
  day      TEXT NOT NULL,
  currency TEXT NOT NULL,
  status   TEXT NOT NULL,
  slot     INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  amount   INTEGER NOT NULL,
  PRIMARY KEY (day, currency, status, slot)
) STRICT, WITHOUT ROWID;

-- minute: since the epoch, UTC. Only those of the last hour are kept.
CREATE TABLE order_minutes (
  minute INTEGER PRIMARY KEY,
  count  INTEGER NOT NULL
) STRICT;

-- answer: the order as it was placed. seq ascends with kept_at, so a sweep starts at the lowest.
CREATE TABLE idempotency_keys (
  seq          INTEGER PRIMARY KEY,
  subject      TEXT NOT NULL,
  key          TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  answer       TEXT NOT NULL,
  kept_at      INTEGER NOT NULL,
  UNIQUE (subject, key)
) STRICT;
