-- What another service's events have told of the order, with the stamps that later ones are compared
-- with (fold-text.ts). Null for an order that was placed here.
ALTER TABLE orders ADD COLUMN fold text;

-- How far each partition of Kafka has been folded into the orders, in the transaction that did it.
CREATE TABLE projection_checkpoints (
  partition   text COLLATE "C" PRIMARY KEY,
  "offset"    bigint NOT NULL,
  fingerprint text NOT NULL
);
