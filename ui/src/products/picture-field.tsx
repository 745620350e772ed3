import type { JSX } from 'solid-js'
import { For, Show, untrack } from 'solid-js'
import { CheckIcon } from '../components/icons'
import { FieldText } from '../components/field'
import { texts } from '../texts'
import { PICTURES } from './pictures'

/** Chooses one of the pictures, or none: one group of radio buttons. */
export function PictureField(props: {
  /** The name of its file; '' for none. */
  readonly value: string
  readonly error?: string | undefined
  readonly hint?: string | undefined
  readonly onChange: (picture: string) => void
}): JSX.Element {
  // A picture of the shop's own is among them as long as the product is edited.
  const first = untrack(() => props.value)
  const own = first === '' || PICTURES.includes(first) ? [] : [first]
  const choices = ['', ...own, ...PICTURES]
  return (
    <fieldset aria-describedby="picture-text">
      <legend class="label">{texts.products.dialog.picture}</legend>
      <div class="grid grid-cols-[repeat(auto-fill,minmax(3rem,1fr))] gap-2">
        <For each={choices}>
          {(picture) => (
            <Choice
              picture={picture}
              isChosen={props.value === picture}
              onChoose={() => props.onChange(picture)}
            />
          )}
        </For>
      </div>
      <FieldText id="picture-text" error={props.error} hint={props.hint} />
    </fieldset>
  )
}

function Choice(props: {
  readonly picture: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}): JSX.Element {
  return (
    <label
      class="relative block cursor-pointer rounded-lg border-2 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
      classList={{
        'border-accent forced-colors:border-4 forced-colors:border-[Highlight]': props.isChosen,
        'border-transparent hover:border-line-strong': !props.isChosen,
      }}
    >
      <input
        type="radio"
        name="picture"
        value={props.picture}
        class="absolute inset-0 size-full cursor-pointer opacity-0"
        aria-label={pictureName(props.picture)}
        checked={props.isChosen}
        onChange={() => props.onChoose()}
      />
      <Show
        when={props.picture !== ''}
        fallback={
          <span class="grid aspect-square place-items-center rounded-md bg-sunken text-xs text-ink-soft">
            {texts.products.dialog.noPicture}
          </span>
        }
      >
        <img
          src={`/products/${props.picture}`}
          alt=""
          width="240"
          height="240"
          loading="lazy"
          decoding="async"
          title={pictureName(props.picture)}
          class="aspect-square h-auto w-full rounded-md bg-sunken object-cover"
        />
      </Show>
      <Show when={props.isChosen}>
        <span class="pointer-events-none absolute right-0.5 bottom-0.5 grid size-4 place-items-center rounded-full bg-accent text-on-accent [&>svg]:size-3">
          <CheckIcon />
        </span>
      </Show>
    </label>
  )
}

/** `espresso-cup.svg` → `espresso cup` */
export function pictureName(picture: string): string {
  return picture === ''
    ? texts.products.dialog.noPicture
    : picture.replace(/\.\w+$/, '').replaceAll('-', ' ')
}
