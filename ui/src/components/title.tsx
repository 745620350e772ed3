import { createRenderEffect } from 'solid-js'

/** Names the page in the browser's tab and history. */
export function Title(props: { readonly children: string }): null {
  createRenderEffect(() => {
    document.title = `${props.children} · Orderwire`
  })
  return null
}
