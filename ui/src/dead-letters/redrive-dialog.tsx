import type { JSX } from 'solid-js'
import { createSignal, For, Match, onCleanup, onMount, Show, Switch, untrack } from 'solid-js'
import type { DeadLetter } from '../api'
import { Dialog } from '../components/dialog'
import { ErrorNotice } from '../components/notice'
import { problemText } from '../problem'
import { useApi } from '../stores/app'
import { texts } from '../texts'
import { createRedrive, type Redrive } from './redrive'

/** Asks whether records shall really be sent back, sends them, and says what became of each. */
export function RedriveDialog(props: {
  /** At least one; those that are there when it opens. */
  readonly chosen: readonly DeadLetter[]
  readonly onSent: (id: string, at: string) => void
  readonly onClose: () => void
}): JSX.Element {
  const redrive = createRedrive(useApi(), (id, at) => props.onSent(id, at))
  // As they are now: while they are sent, the list learns what became of them.
  const chosen = untrack(() => props.chosen)
  const underWay = () => redrive.status() === 'running' || redrive.status() === 'stopping'
  onCleanup(redrive.stop)

  /** Whoever closes it while they are sent stops that, and sees what went. */
  function close(): void {
    if (underWay()) redrive.stop()
    else props.onClose()
  }

  return (
    <Dialog title={texts.letters.dialog.title(chosen.length)} onClose={close}>
      <Switch>
        <Match when={redrive.status() === 'asking'}>
          <Question chosen={chosen} redrive={redrive} onClose={props.onClose} />
        </Match>
        <Match when={underWay()}>
          <Sending redrive={redrive} />
        </Match>
        <Match when={redrive.status() === 'done'}>
          <Result redrive={redrive} onClose={props.onClose} />
        </Match>
      </Switch>
    </Dialog>
  )
}

function Question(props: {
  readonly chosen: readonly DeadLetter[]
  readonly redrive: Redrive
  readonly onClose: () => void
}): JSX.Element {
  const before = () => props.chosen.filter(({ redrivenAt }) => redrivenAt !== null)
  const isOne = () => props.chosen.length === 1
  const [again, setAgain] = createSignal(false)
  // Of one that was sent back before, the button that was pressed said so.
  const wanted = () =>
    again() || isOne() ? props.chosen : props.chosen.filter(({ redrivenAt }) => redrivenAt === null)

  function onSubmit(event: SubmitEvent): void {
    event.preventDefault()
    void props.redrive.start(wanted(), again() || (isOne() && before().length > 0))
  }

  return (
    <form class="flex flex-col gap-4" onSubmit={onSubmit}>
      <div class="flex flex-col gap-2 text-sm text-ink-soft">
        <p>
          {isOne()
            ? texts.letters.dialog.one(props.chosen[0]?.source.topic ?? '')
            : texts.letters.dialog.several}
        </p>
        <p>{texts.letters.dialog.warning}</p>
        <Show when={isOne() && before().length > 0}>
          <p>{texts.letters.dialog.oneBefore}</p>
        </Show>
      </div>
      <Show when={!isOne() && before().length > 0}>
        <label class="flex items-start gap-3 text-sm finger:py-3">
          <input
            type="checkbox"
            class="mt-0.5 size-4.5 accent-accent"
            checked={again()}
            onChange={(event) => setAgain(event.currentTarget.checked)}
          />
          {texts.letters.dialog.severalBefore(before().length)}
        </label>
      </Show>
      <div class="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <button type="button" class="btn btn-quiet" onClick={() => props.onClose()}>
          {texts.letters.dialog.leave}
        </button>
        <button type="submit" class="btn btn-primary" disabled={wanted().length === 0}>
          {texts.letters.dialog.send(wanted().length)}
        </button>
      </div>
    </form>
  )
}

function Sending(props: { readonly redrive: Redrive }): JSX.Element {
  const isStopping = () => props.redrive.status() === 'stopping'
  let text!: HTMLParagraphElement
  // The button that was pressed is gone. Not the one to stop: who presses twice does not mean that.
  onMount(() => text.focus())
  return (
    <>
      <p
        ref={(element) => (text = element)}
        role="status"
        tabindex="-1"
        class="text-sm text-ink-soft outline-none"
      >
        {isStopping()
          ? texts.letters.dialog.stopping
          : texts.letters.dialog.running(
              props.redrive.outcomes().length + 1,
              props.redrive.total(),
            )}
      </p>
      <Show when={props.redrive.total() > 1}>
        <div class="flex justify-end">
          <button
            type="button"
            class="btn btn-quiet"
            // Stays focusable: whoever pressed it goes on from here.
            aria-disabled={isStopping()}
            onClick={() => props.redrive.stop()}
          >
            {texts.letters.dialog.stop}
          </button>
        </div>
      </Show>
    </>
  )
}

function Result(props: { readonly redrive: Redrive; readonly onClose: () => void }): JSX.Element {
  const failed = () => props.redrive.outcomes().filter(({ error }) => error !== null)
  const sent = () => props.redrive.outcomes().length - failed().length
  const left = () => props.redrive.total() - props.redrive.outcomes().length
  let close!: HTMLButtonElement
  onMount(() => close.focus())
  return (
    <>
      <Show when={sent() > 0}>
        <p role="status" data-sent={sent()}>
          {texts.letters.dialog.sent(sent())}{' '}
          <span class="text-ink-soft">{texts.letters.dialog.watch}</span>
        </p>
      </Show>
      <Show
        when={props.redrive.total() > 1}
        fallback={<For each={failed()}>{({ error }) => <ErrorNotice error={error} />}</For>}
      >
        <ul class="flex flex-col gap-2 text-sm" role={failed().length > 0 ? 'alert' : undefined}>
          <For each={failed()}>
            {({ letter, error }) => (
              <li class="rounded-lg border border-cancelled/30 bg-cancelled-soft px-3 py-2 text-cancelled">
                <span class="font-medium">{texts.letters.letter(letter.id)}</span>:{' '}
                {problemText(error)}
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={left() > 0}>
        <p class="text-sm text-ink-soft">{texts.letters.dialog.left(left())}</p>
      </Show>
      <div class="flex justify-end">
        <button
          ref={(element) => (close = element)}
          type="button"
          class="btn btn-quiet"
          onClick={() => props.onClose()}
        >
          {texts.letters.dialog.close}
        </button>
      </div>
    </>
  )
}
