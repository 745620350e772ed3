import {
  Content,
  Group,
  GroupLabel,
  Icon,
  Item,
  Portal,
  Root,
  Separator,
  Trigger,
} from '@kobalte/core/dropdown-menu'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import LogOut from 'lucide-solid/icons/log-out'
import type { JSX } from 'solid-js'
import type { Identity } from '../stores/session'
import { texts } from '../texts'
import { AccountFace, ACCOUNT_BUTTON } from './account-face'
import { MENU_ITEM } from './menu-item'

/** What belongs to whoever is signed in. */
export function AccountMenu(props: {
  readonly who: Identity
  /** At once. */
  readonly open: boolean
  readonly onSignOut: () => void
}): JSX.Element {
  return (
    // The page behind it stays as it is: its scrollbar would go, and all of it move.
    <Root
      defaultOpen={props.open}
      modal={false}
      preventScroll={false}
      placement="bottom-end"
      gutter={6}
    >
      <Trigger class={`${ACCOUNT_BUTTON} data-expanded:bg-sunken data-expanded:text-ink`}>
        <AccountFace who={props.who} />
        <Icon class="text-ink-faint" aria-hidden="true">
          <ChevronDown class="size-4" />
        </Icon>
      </Trigger>
      <Portal>
        <Content class="menu z-30 w-64 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-surface p-1.5 text-sm text-ink shadow-2 outline-none">
          <Group>
            <GroupLabel as="div" class="px-2.5 pt-1.5 pb-2">
              <span class="block truncate font-semibold">{props.who.name}</span>
              <span class="block text-ink-soft">{texts.account.roles[props.who.role]}</span>
            </GroupLabel>
            <Separator class="-mx-1.5 mb-1.5 border-line" />
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
