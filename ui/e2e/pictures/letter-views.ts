import { LETTER_VIEWS as FULL_VIEWS, type LettersScene } from '../letters-scene'
import { alertAt, at, loadingAt, silent, unreachable, type View } from './view'

const LIST = /\/api\/admin\/dead-letters(\?|$)/
const ONE = /\/api\/admin\/dead-letters\/./

/** Dead letters, also where there are none, or none can be read. */
export const LETTER_VIEWS: readonly View<LettersScene>[] = [
  ...FULL_VIEWS,
  {
    name: 'dead-letters-none',
    as: 'Sam',
    prepare: (page) =>
      page.context().route(LIST, (route) => route.fulfill({ json: { items: [], next: null } })),
    show: at('/dead-letters'),
  },
  {
    name: 'dead-letters-loading',
    as: 'Sam',
    prepare: silent(LIST),
    show: loadingAt('/dead-letters'),
  },
  {
    name: 'dead-letters-error',
    as: 'Sam',
    prepare: unreachable(LIST),
    show: alertAt('/dead-letters'),
  },
  {
    name: 'dead-letters-one-error',
    as: 'Sam',
    prepare: unreachable(ONE),
    show: alertAt('/dead-letters?letter=0%405'),
  },
]
