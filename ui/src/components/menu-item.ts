export const MENU_ITEM =
  'flex min-h-10 finger:min-h-11 items-center gap-2.5 rounded-lg px-2.5 py-2 outline-none data-highlighted:bg-sunken forced-colors:data-highlighted:outline-2'
