import type { JSX } from 'solid-js'

function Icon(props: { readonly children: JSX.Element }): JSX.Element {
  return (
    <svg
      class="size-4.5 shrink-0"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {props.children}
    </svg>
  )
}

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4.5v11M4.5 10h11" />
  </Icon>
)

export const MinusIcon = () => (
  <Icon>
    <path d="M4.5 10h11" />
  </Icon>
)

export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
)

export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 3.5 3.5" />
  </Icon>
)

export const CartIcon = () => (
  <Icon>
    <path d="M2.5 3.5h2l2 9h8l2-6.5H5.2" />
    <circle cx="7.5" cy="16" r="1" />
    <circle cx="13.5" cy="16" r="1" />
  </Icon>
)

export const ArrowUpIcon = () => (
  <Icon>
    <path d="M10 16V4.5M5 9l5-5 5 5" />
  </Icon>
)

export const BackIcon = () => (
  <Icon>
    <path d="M16 10H4.5M9 5l-5 5 5 5" />
  </Icon>
)

export const WarningIcon = () => (
  <Icon>
    <path d="M10 3 2.5 16.5h15L10 3Z" />
    <path d="M10 8.5v3.5M10 14.2v.1" />
  </Icon>
)

export const CheckIcon = () => (
  <Icon>
    <path d="m4 10.5 4 4 8-9" />
  </Icon>
)

export const BellIcon = () => (
  <Icon>
    <path d="M5 13.5V9a5 5 0 0 1 10 0v4.5l1 1H4l1-1ZM8.5 17h3" />
  </Icon>
)

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
