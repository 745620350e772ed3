import type { ShopSettings } from '../orders/shop'
import { isCurrency, isTimeZone, type SettingsReader } from './reader'

export function readShop(read: SettingsReader): ShopSettings {
  return {
    currency: read.matching('SHOP_CURRENCY', 'EUR', 'an ISO 4217 code such as EUR', isCurrency),
    taxPercent: read.decimal('SHOP_TAX_PERCENT', { fallback: 19, min: 0, max: 100 }),
    timeZone: read.matching(
      'SHOP_TIME_ZONE',
      'Europe/Berlin',
      'a time zone such as Europe/Berlin or UTC',
      isTimeZone,
    ),
  }
}
