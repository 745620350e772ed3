import type { Migration } from '../../lib/migration'
import eventLog from './0001-event-log.sql' with { type: 'text' }
import orders from './0002-orders.sql' with { type: 'text' }
import revocations from './0003-revocations.sql' with { type: 'text' }
import productPictures from './0004-product-pictures.sql' with { type: 'text' }

/** Every file of this folder, by ascending number. A released file is never edited again. */
export const SQLITE_MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'event-log', sql: eventLog },
  { number: 2, name: 'orders', sql: orders },
  { number: 3, name: 'revocations', sql: revocations },
  { number: 4, name: 'product-pictures', sql: productPictures },
]
