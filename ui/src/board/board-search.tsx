import type { JSX } from 'solid-js'
import { SearchIcon } from '../components/icons'
import { texts } from '../texts'
import { useDesk } from './board-desk'

export function BoardSearch(): JSX.Element {
  const desk = useDesk()
  return (
    <div class="relative basis-full lg:basis-72 xl:basis-80">
      <span class="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-ink-faint">
        <SearchIcon />
      </span>
      <input
        type="search"
        data-board-search
        class="control pr-2 pl-10 placeholder:text-ellipsis"
        aria-label={texts.board.search}
        aria-keyshortcuts="/"
        placeholder={texts.board.searchHint}
        maxlength="200"
        value={desk.board.view.search()}
        onInput={(event) => desk.address.type(event.currentTarget.value)}
      />
    </div>
  )
}
