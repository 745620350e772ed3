import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import type { OrderItem } from '../../../server/protocol/order'
import { ItemPicture } from './item-picture'

const MAX_SHOWN = 3
const PLACE = 'size-12 shrink-0 rounded-lg text-lg'

/** The first of what was ordered; on a phone one, with how many there are. The words stand beside. */
export function ItemPictures(props: { readonly items: readonly OrderItem[] }): JSX.Element {
  const further = () => props.items.length - MAX_SHOWN
  return (
    <div class="relative flex shrink-0 gap-1.5" aria-hidden="true">
      <For each={props.items.slice(0, MAX_SHOWN)}>
        {(item, index) => (
          <ItemPicture item={item} class={index() > 0 ? `${PLACE} max-sm:hidden` : PLACE} />
        )}
      </For>
      <Show when={further() > 0}>
        <span
          class={`${PLACE} grid place-items-center bg-sunken text-sm font-semibold text-ink-soft tabular-nums max-sm:hidden forced-colors:border`}
        >
          +{further()}
        </span>
      </Show>
      <Show when={props.items.length > 1}>
        <span class="absolute -top-1.5 -right-1.5 grid size-5 place-items-center rounded-full border border-surface bg-ink-soft text-xs font-semibold text-surface tabular-nums sm:hidden">
          {props.items.length}
        </span>
      </Show>
    </div>
  )
}
