import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import type { OrderItem } from '../../../server/protocol/order'
import { ProductPicture } from '../storefront/product-picture'
import { useCatalogue } from '../stores/app'

type Item = Pick<OrderItem, 'productId' | 'name'>

/**
 * The picture of what was ordered, as the shop has it now: letter art where it is not sold any more,
 * or where the shop cannot be asked; a frame until it has answered.
 */
export function ItemPicture(props: { readonly item: Item; readonly class: string }): JSX.Element {
  const catalogue = useCatalogue()
  const isAwaited = () => catalogue.products() === undefined && catalogue.error() === undefined
  const product = () => ({
    id: props.item.productId,
    name: props.item.name,
    picture: catalogue.products()?.find(({ id }) => id === props.item.productId)?.picture ?? null,
  })
  return (
    <Show
      when={!isAwaited()}
      fallback={<div class={`skeleton ${props.class}`} aria-hidden="true" />}
    >
      <ProductPicture product={product()} class={props.class} />
    </Show>
  )
}
