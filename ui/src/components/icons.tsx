import type { LucideProps } from 'lucide-solid'
import ArrowLeft from 'lucide-solid/icons/arrow-left'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import Bell from 'lucide-solid/icons/bell'
import Check from 'lucide-solid/icons/check'
import CircleX from 'lucide-solid/icons/circle-x'
import Minus from 'lucide-solid/icons/minus'
import Package from 'lucide-solid/icons/package'
import PackageCheck from 'lucide-solid/icons/package-check'
import Plus from 'lucide-solid/icons/plus'
import Receipt from 'lucide-solid/icons/receipt-text'
import Search from 'lucide-solid/icons/search'
import ShoppingCart from 'lucide-solid/icons/shopping-cart'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import Truck from 'lucide-solid/icons/truck'
import X from 'lucide-solid/icons/x'
import type { JSX } from 'solid-js'

/** Of the text's size and colour; what it shows stands in words beside it, so it says nothing. */
function icon(Drawn: (props: LucideProps) => JSX.Element): () => JSX.Element {
  return () => <Drawn class="size-4.5 shrink-0" stroke-width={1.9} aria-hidden="true" />
}

export const PlusIcon = icon(Plus)
export const MinusIcon = icon(Minus)
export const CloseIcon = icon(X)
export const SearchIcon = icon(Search)
export const CartIcon = icon(ShoppingCart)
export const ArrowUpIcon = icon(ArrowUp)
export const BackIcon = icon(ArrowLeft)
export const WarningIcon = icon(TriangleAlert)
export const CheckIcon = icon(Check)
export const BellIcon = icon(Bell)
export const PlacedIcon = icon(Receipt)
export const PreparedIcon = icon(Package)
export const ShippedIcon = icon(Truck)
export const DeliveredIcon = icon(PackageCheck)
export const CancelledIcon = icon(CircleX)

/** The mark of the product: a pulse on a wire. */
export const Mark = () => (
  <svg class="size-7 shrink-0" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" class="fill-accent" />
    <path
      d="M5 16h5l3-7 6 14 3-7h5"
      class="stroke-on-accent"
      fill="none"
      stroke-width="2.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
)
