import type { JSX } from 'solid-js'
import { createMemo, For, Show } from 'solid-js'
import type { DeadLetterDetail } from '../api'
import { useToasts } from '../stores/app'
import { texts } from '../texts'
import { contentOf, lineOf } from './content'
import { copyText } from './copy-text'

/** Headers and key, each on a line; those that are no text as base64. */
export function RecordHeaders(props: { readonly letter: DeadLetterDetail }): JSX.Element {
  const rows = createMemo(() => Object.entries(props.letter.headers))
  return (
    <Show
      when={rows().length > 0}
      fallback={<p class="text-sm text-ink-soft">{texts.letters.noHeaders}</p>}
    >
      <dl class="grid gap-x-4 gap-y-1 font-mono text-xs sm:grid-cols-[minmax(6rem,auto)_minmax(0,1fr)]">
        <For each={rows()}>
          {([name, bytes]) => (
            <>
              <dt class="break-all text-ink-soft">{name}</dt>
              <dd class="mb-1 break-all sm:mb-0">
                <BytesLine bytes={bytes} />
              </dd>
            </>
          )}
        </For>
      </dl>
    </Show>
  )
}

export function BytesLine(props: {
  readonly bytes: DeadLetterDetail['headers'][string]
}): JSX.Element {
  const content = createMemo(() => lineOf(props.bytes))
  return (
    <>
      <Show when={content().kind === 'base64'}>
        <span class="mr-1.5 rounded bg-sunken px-1 font-sans text-ink-soft">base64</span>
      </Show>
      {content().text}
    </>
  )
}

/** The record's value as people can read it, and what is to be known of it. */
export function RecordValue(props: { readonly letter: DeadLetterDetail }): JSX.Element {
  const toasts = useToasts()
  const content = createMemo(() => props.letter.value !== null && contentOf(props.letter.value))

  let value!: HTMLPreElement

  async function copy(): Promise<void> {
    const { copied, notCopied } = texts.letters
    const isCopied = await copyText(value)
    toasts.show(isCopied ? { tone: 'success', text: copied } : { tone: 'warning', ...notCopied })
  }

  return (
    <Show when={content()} fallback={<p class="text-sm text-ink-soft">{texts.letters.noValue}</p>}>
      {(shown) => (
        <>
          <div class="mb-2 flex flex-wrap items-center gap-x-3 text-sm text-ink-soft">
            <p class="flex-1">
              {texts.letters.size(props.letter.valueBytes ?? 0)}
              <Show when={shown().kind === 'base64'}> · {texts.letters.asBase64}</Show>
            </p>
            <button type="button" class="btn btn-plain btn-small -mr-2" onClick={() => void copy()}>
              {texts.letters.copy}
            </button>
          </div>
          <Show when={!props.letter.whole}>
            <p class="note mb-2">{texts.letters.cut}</p>
          </Show>
          <pre
            ref={(element) => (value = element)}
            class="max-h-96 overflow-auto rounded-lg border border-line bg-sunken/60 p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap"
            // It scrolls, and must do so by the keyboard as well.
            tabindex="0"
            role="region"
            aria-label={texts.letters.value}
            data-value={shown().kind}
          >
            {shown().text}
          </pre>
        </>
      )}
    </Show>
  )
}
