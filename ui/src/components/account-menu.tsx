import {
  CheckboxItem,
  Content,
  Group,
  GroupLabel,
  Icon,
  Item,
  ItemIndicator,
  ItemDescription,
  ItemLabel,
  Portal,
  Root,
  Separator,
  Trigger,
} from '@kobalte/core/dropdown-menu'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import LogOut from 'lucide-solid/icons/log-out'
import type { JSX } from 'solid-js'
import { onMount, Show, untrack } from 'solid-js'
import { useNotifications, useToasts } from '../stores/app'
import type { Identity } from '../stores/session'
import { texts } from '../texts'
import { AccountFace, ACCOUNT_BUTTON } from './account-face'
import { BellIcon, CheckIcon } from './icons'
import { MENU_ITEM } from './menu-item'

/** What belongs to whoever is signed in. */
export function AccountMenu(props: {
  readonly who: Identity
  /** At once. */
  readonly open: boolean
  /** What stood here before had the focus. */
  readonly hadFocus: boolean
  readonly onSignOut: () => void
}): JSX.Element {
  const takesFocus = untrack(() => props.hadFocus)
  let trigger: HTMLElement | undefined
  onMount(() => {
    if (takesFocus) trigger?.focus()
  })
  return (
    // The page behind it stays as it is: its scrollbar would go, and all of it move.
    <Root
      defaultOpen={props.open}
      modal={false}
      preventScroll={false}
      placement="bottom-end"
      gutter={6}
    >
      <Trigger
        ref={(element: HTMLButtonElement) => {
          trigger = element
        }}
        class={`${ACCOUNT_BUTTON} data-expanded:bg-sunken data-expanded:text-ink`}
      >
        <AccountFace who={props.who} />
        <Icon class="text-ink-faint" aria-hidden="true">
          <ChevronDown class="size-4" />
        </Icon>
      </Trigger>
      {/* Within the banner, so that what it says belongs to a landmark. */}
      <Portal mount={document.querySelector('header') ?? document.body}>
        <Content class="menu z-30 w-72 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-surface p-1.5 text-sm text-ink shadow-2 outline-none">
          <Group>
            <GroupLabel as="div" class="px-2.5 pt-1.5 pb-2">
              <span class="block truncate font-semibold">{props.who.name}</span>
              <span class="block text-ink-soft">{texts.account.roles[props.who.role]}</span>
            </GroupLabel>
            <Separator class="-mx-1.5 mb-1.5 border-line" />
            <NotificationsItem />
            <Item class={MENU_ITEM} onSelect={() => props.onSignOut()}>
              <LogOut class="size-4.5 text-ink-soft" stroke-width={1.9} aria-hidden="true" />
              {texts.account.signOut}
            </Item>
          </Group>
        </Content>
      </Portal>
    </Root>
  )
}

/** Only where the browser has them. */
function NotificationsItem(): JSX.Element {
  const notifications = useNotifications()
  const toasts = useToasts()
  const state = () => notifications.state()

  async function change(on: boolean): Promise<void> {
    if (!on) return notifications.turnOff()
    if ((await notifications.turnOn()) !== 'denied') return
    const { blocked, blockedHow } = texts.account
    toasts.show({ tone: 'warning', text: blocked, detail: blockedHow })
  }

  return (
    <Show
      when={state() !== 'unsupported' && (state() as keyof typeof texts.account.notificationsText)}
    >
      {(known) => (
        <CheckboxItem
          class={`group ${MENU_ITEM}`}
          closeOnSelect={false}
          checked={known() === 'on'}
          onChange={(on) => void change(on)}
        >
          <span class="text-ink-soft">
            <BellIcon />
          </span>
          <span class="min-w-0 flex-1">
            <ItemLabel as="span" class="block">
              {texts.account.notifications}
            </ItemLabel>
            <ItemDescription as="span" class="block text-xs text-ink-soft">
              {texts.account.notificationsText[known()]}
            </ItemDescription>
          </span>
          {/* A box is there unchecked, too: one sees that it can be. */}
          <span
            class="grid size-4.5 shrink-0 place-items-center rounded border border-line-strong text-on-accent group-data-checked:border-accent group-data-checked:bg-accent [&_svg]:size-3.5"
            aria-hidden="true"
          >
            <ItemIndicator as="span">
              <CheckIcon />
            </ItemIndicator>
          </span>
        </CheckboxItem>
      )}
    </Show>
  )
}
