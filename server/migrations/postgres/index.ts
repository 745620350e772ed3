import type { Migration } from '../../lib/migration'
import orders from './0001-orders.sql' with { type: 'text' }
import revocations from './0002-revocations.sql' with { type: 'text' }
import outbox from './0003-outbox.sql' with { type: 'text' }
import projection from './0004-projection.sql' with { type: 'text' }
import productPictures from './0005-product-pictures.sql' with { type: 'text' }

/** Every file of this folder, by ascending number. A released file is never edited again. */
export const POSTGRES_MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'orders', sql: orders },
  { number: 2, name: 'revocations', sql: revocations },
  { number: 3, name: 'outbox', sql: outbox },
  { number: 4, name: 'projection', sql: projection },
  { number: 5, name: 'product-pictures', sql: productPictures },
]
