import type { JSX } from 'solid-js'
import { Suspense } from 'solid-js'
import type { OrderItem } from '../../../server/protocol/order'
import { ProductArt } from '../storefront/product-art'
import { ProductPicture } from '../storefront/product-picture'
import { useCatalogue } from '../stores/app'

type Item = Pick<OrderItem, 'productId' | 'name'>

/**
 * The picture of what was ordered, as the shop has it now: letter art where it is not sold any more,
 * and until the shop has answered.
 */
export function ItemPicture(props: { readonly item: Item; readonly class: string }): JSX.Element {
  const catalogue = useCatalogue()
  const product = () => ({
    id: props.item.productId,
    name: props.item.name,
    picture: catalogue.products()?.find(({ id }) => id === props.item.productId)?.picture ?? null,
  })
  return (
    <Suspense
      fallback={
        <ProductArt productId={props.item.productId} name={props.item.name} class={props.class} />
      }
    >
      <ProductPicture product={product()} class={props.class} />
    </Suspense>
  )
}
