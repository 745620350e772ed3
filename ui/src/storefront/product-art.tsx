import type { JSX } from 'solid-js'

/** A picture for a product without one: always the same for the same product. */
export function ProductArt(props: {
  readonly productId: string
  readonly name: string
  readonly class?: string
}): JSX.Element {
  return (
    <div
      class={`product-art ${props.class ?? ''}`}
      style={{ '--hue': String(hueOf(props.productId)) }}
      aria-hidden="true"
    >
      <span>{props.name.charAt(0)}</span>
    </div>
  )
}

function hueOf(text: string): number {
  let hash = 0
  for (const char of text) hash = (hash * 31 + char.codePointAt(0)!) % 1_009
  // Twelve hues that differ at a glance.
  return (hash % 12) * 30
}
