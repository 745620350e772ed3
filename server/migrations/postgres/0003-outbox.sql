-- Records that wait for Kafka, each written in the transaction of the order that it tells of. The
-- first five columns are those that Debezium's outbox event router expects by default.
CREATE TABLE outbox (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  aggregatetype text NOT NULL DEFAULT 'order',
  -- The order's id: the record's key.
  aggregateid text NOT NULL,
  -- order.created, order.updated or order.cancelled
  type text NOT NULL,
  -- The record's value. Text, because it goes out as it was written: jsonb would change it.
  payload text NOT NULL,
  -- CloudEvents' id: the order's id and version.
  event_id text NOT NULL,
  -- Ascends in the order of writing. Commits come in another: never ask for what is beyond a seq.
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- In UTC, without a zone: only of such a column can the event router make a record's timestamp.
  created_at timestamp(3) NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'utc'),
  sent_at timestamptz,
  -- Refused by Kafka for good. It stays until somebody has looked: clear both to send it again.
  parked_at timestamptz,
  parked_reason text
) WITH (
  -- Every row is updated once and deleted once: cleaned up more often than a table that only grows.
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05
);

CREATE INDEX outbox_waiting ON outbox (seq) WHERE sent_at IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_parked ON outbox (seq) WHERE parked_at IS NOT NULL;

-- One row: who sends. Two at once are harmless, one is enough.
CREATE TABLE outbox_lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  holder text,
  held_until timestamptz NOT NULL DEFAULT '-infinity',
  -- Whether writers are to notify the relay. A transaction that notifies holds up the commits of all
  -- others that do, so a busy relay, which looks without being told, turns it off.
  wake_ups boolean NOT NULL DEFAULT true
);
INSERT INTO outbox_lease DEFAULT VALUES;
