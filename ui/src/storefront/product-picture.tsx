import type { JSX } from 'solid-js'
import { createSignal, Show } from 'solid-js'
import type { Product } from '../api'
import { ProductArt } from './product-art'

/**
 * The picture of a product, or letter art where it has none, or where its file is missing. Says
 * nothing to a screen reader: the name stands beside it.
 */
export function ProductPicture(props: {
  readonly product: Pick<Product, 'id' | 'name' | 'picture'>
  readonly class?: string
}): JSX.Element {
  const [missing, setMissing] = createSignal<string | null>(null)
  const file = () => (props.product.picture === missing() ? null : props.product.picture)
  return (
    <Show
      when={file()}
      fallback={
        <ProductArt
          productId={props.product.id}
          name={props.product.name}
          {...(props.class !== undefined && { class: props.class })}
        />
      }
    >
      {(name) => (
        <img
          src={`/products/${name()}`}
          alt=""
          width="240"
          height="240"
          loading="lazy"
          decoding="async"
          class={`bg-sunken object-cover ${props.class ?? ''}`}
          onError={() => setMissing(name())}
        />
      )}
    </Show>
  )
}
