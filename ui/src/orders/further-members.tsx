import type { JSX } from 'solid-js'
import { For } from 'solid-js'

/** Members of an order that its service added, by the service's own names. */
export function FurtherMembers(props: {
  readonly id: string
  readonly title: string
  readonly members: Readonly<Record<string, unknown>>
}): JSX.Element {
  return (
    <section aria-labelledby={props.id} class="p-5 text-sm sm:p-6">
      <h2 id={props.id} class="mb-1 font-semibold">
        {props.title}
      </h2>
      <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 wrap-anywhere">
        <For each={Object.keys(props.members)}>
          {(name) => (
            <>
              <dt class="text-ink-soft">{name}</dt>
              <dd>{textOf(props.members[name])}</dd>
            </>
          )}
        </For>
      </dl>
    </section>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
