-- picture: a file in the folder `products` of the UI. version: 1, 2, 3, … with each change.
ALTER TABLE products ADD COLUMN picture TEXT;
ALTER TABLE products ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
