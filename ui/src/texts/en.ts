import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import type { ResumeReason } from '../../../server/protocol/frames'
import type { OrderStatus } from '../../../server/protocol/order-status'

/**
 * Every text that people read, in one place: a translation is a second file of this shape, and a line
 * in `index.ts`. Functions stand where a number or a name goes in; they count by the rules of their
 * own language. Short and calm, as one person tells another; no exclamation marks.
 */

const NUMBER = new Intl.NumberFormat('en')
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 })
const PLURAL = new Intl.PluralRules('en')

/** `1 order`, `12,000 orders`. */
function count(amount: number, one: string, other: string): string {
  return `${NUMBER.format(amount)} ${PLURAL.select(amount) === 'one' ? one : other}`
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** `just now`, `12 seconds ago`, `3 minutes ago`. */
function ago(seconds: number): string {
  if (seconds < 1) return 'just now'
  if (seconds < 60) return RELATIVE.format(-Math.floor(seconds), 'second')
  if (seconds < 3_600) return RELATIVE.format(-Math.floor(seconds / 60), 'minute')
  return RELATIVE.format(-Math.floor(seconds / 3_600), 'hour')
}

const STATUSES: Readonly<Record<OrderStatus, string>> = {
  pending: 'Pending',
  processing: 'Processing',
  shipped: 'Shipped',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
}

/** Somebody's own words, where they gave any. */
function because(reason: string | undefined): string {
  return reason ? ` (“${reason}”)` : ''
}

const common = {
  signIn: 'Sign in',
  tryAgain: 'Try again',
  triedByItself: 'It is tried again by itself.',
  goToShop: 'Go to the shop',
  optional: 'optional',
  noOrdersYet: 'No orders yet',
  orderName: (number: string) => `Order #${number}`,
  today: (time: string) => `today, ${time}`,
  yesterday: (time: string) => `yesterday, ${time}`,
  /** As a heading; the number of days that it is past. */
  recentDays: ['Today', 'Yesterday'],
  statuses: STATUSES,
  subtotal: 'Subtotal',
  tax: (percent?: number) =>
    percent === undefined ? 'Tax' : `Tax (${PERCENT.format(percent / 100)})`,
  total: 'Total',
  problems: {
    unreachable: 'The server cannot be reached. Check your connection and try again.',
    unreadable: 'The server gave an answer that cannot be read. Try again in a moment.',
    answered: (status: number) => `The server answered ${status}.`,
    page: 'This page could not be loaded. Check your connection and try again.',
  },
}

const shell = {
  skip: 'Skip to content',
  loading: 'Loading the page',
  navigation: 'Main',
  shop: 'Shop',
  inCart: ', in the cart: ',
  orders: 'My orders',
  board: 'Board',
  nothingHere: {
    title: 'There is nothing here',
    text: 'The address may be mistyped, or the page moved.',
  },
}

const account = {
  /** Before the name, for who cannot see that it is a menu. */
  name: 'Account: ',
  staff: ' · staff',
  roles: { customer: 'Customer', staff: 'Staff' },
  notifications: 'Notifications',
  notificationsText: {
    off: 'While this page is out of sight',
    on: 'While this page is out of sight',
    denied: 'Blocked by the browser',
  },
  blocked: 'The browser blocks notifications of this page',
  blockedHow:
    'Allow them in the settings of this site, beside its address. Then turn them on here again.',
  signOut: 'Sign out',
}

const toasts = {
  region: 'Notifications',
  dismiss: 'Dismiss',
  more: (amount: number) => `${NUMBER.format(amount)} more`,
}

const session = {
  title: 'Sign in',
  loading: 'Loading the sign-in',
  first: 'Sign in first',
  ended: 'Your session has ended',
  endedText: 'Your session has ended. Sign in again to go on.',
  demo: {
    customer: 'Customer',
    staff: 'Staff',
    customerText: 'Customer',
    staffText: 'Staff, sees the board',
    somebodyElse: 'Somebody else',
    name: 'Name',
    role: 'Role',
    explained:
      'This is the demo sign-in: anybody may be anybody. It is off where tokens come from elsewhere.',
  },
  token: {
    label: 'Token',
    hint: 'Paste a token from your sign-in. It stays in this browser until you sign out.',
    malformed: 'This is not a token: expected three parts with dots between them.',
  },
}

const orders = {
  title: 'My orders',
  signInText: 'Your orders are shown once you are signed in.',
  loading: 'Loading your orders',
  noneText: 'What you order is listed here, always up to date.',
  loadingMore: 'Loading…',
  more: 'Show older orders',
  missedNew: 'Placed while you were away',
  missed: 'Changed while you were away',
  cancelShort: 'Cancel',
  cancel: 'Cancel order',
  cancelOrder: (number: string) => `Cancel order #${number}`,

  orderSignInText: 'An order is shown to whom it belongs.',
  loadingOrder: 'Loading the order',
  loadingHistory: 'Loading the history',
  notFound: {
    title: 'No such order',
    text: 'There is none of this number that you may see. Is this the right account?',
  },
  placed: 'Placed',
  items: 'Items',
  shipsTo: 'Ships to',
  addressUnknown: 'Not known yet.',
  furtherMembers: 'More',
  internalMembers: 'For staff only',
  history: 'History',
  progress: 'Progress',
  /** What a status means to whoever waits for the order. */
  meaning: {
    pending: 'We have the order. It is prepared next.',
    processing: 'It is being prepared.',
    shipped: 'It is on its way.',
    delivered: 'It has arrived.',
    cancelled: 'It will not be delivered.',
  } satisfies Record<OrderStatus, string>,
  done: ', done',
  by: (who: string) => `by ${who}`,
  byYou: 'you',
  byShop: 'the shop',
  changed: 'changed',

  dialog: {
    title: (number: string) => `Cancel order #${number}?`,
    text: 'It will not be delivered. This cannot be undone.',
    reason: 'Reason',
    suggestions: 'Often given',
    fromCustomer: ['Ordered by mistake', 'No longer needed', 'Takes too long'],
    fromStaff: ['Out of stock', 'Asked for by the customer', 'Looks like fraud'],
    keep: 'Keep the order',
    cancel: 'Cancel the order',
    /** Said in the place of the server's words, which are those of its interface. */
    refused: {
      offline:
        'You are offline: the order was not cancelled. Try again when the connection is back.',
      illegal_transition:
        'This order can no longer be cancelled. Close this to see what became of it.',
      precondition_failed:
        'Somebody else has changed this order meanwhile. Close this and look at it; you can cancel ' +
        'it again then.',
    },
  },

  toasts: {
    placed: (number: string) => `Order #${number} is placed`,
    cancelled: (number: string) => `Order #${number} is cancelled`,
    became: (number: string, status: OrderStatus) =>
      `Order #${number} is ${STATUSES[status].toLowerCase()}`,
    updated: (number: string) => `Order #${number} was updated`,
    changes: (amount: number) => count(amount, 'change of your orders', 'changes of your orders'),
    whileAway: (amount: number) => `${count(amount, 'update', 'updates')} while you were away`,
  },
}

const storefront = {
  title: 'Shop',
  loading: 'Loading products',
  elsewhere: 'This shop takes its orders elsewhere. Here you follow what becomes of them.',
  noneTitle: 'Nothing for sale yet',
  noneText: 'The shop has no products at the moment.',
  add: 'Add',
  addToCart: (product: string) => `Add ${product} to the cart`,

  cart: {
    title: 'Your cart',
    empty: 'Nothing in it yet.',
    checkOut: 'Check out',
    view: (pieces: number, subtotal: string) =>
      `View cart (${NUMBER.format(pieces)}) · ${subtotal}`,
    quantityOf: (product: string) => `Quantity of ${product}`,
    oneLess: (product: string) => `One less of ${product}`,
    oneMore: (product: string) => `One more of ${product}`,
    remove: (product: string) => `Remove ${product}`,
    /** What was put in and is not sold any more. */
    gone: (products: number) =>
      `${count(products, 'product', 'products')} of your cart ` +
      `${products === 1 ? 'is' : 'are'} no longer for sale.`,
    removeGone: 'Take out',
  },

  checkout: {
    title: 'Checkout',
    loading: 'Loading the checkout',
    elsewhereTitle: 'No orders are taken here',
    signInTitle: 'Sign in to order',
    signInText: 'Your cart comes along.',
    emptyTitle: 'Your cart is empty',
    emptyText: 'Put something in before you check out.',
    summary: 'Your order',
    place: 'Place order',
    placing: 'Placing the order…',
    note: 'The shop works out the final prices; nothing is charged in this demo.',
    /** Said in the place of the server's words, which name members of a request. */
    refused: {
      offline:
        'You are offline: the order was not placed. Everything is kept here; try again when the ' +
        'connection is back.',
      unreachable:
        'The server cannot be reached. Check your connection and try again: the order is placed once.',
      unknown_product:
        'Something in your cart is no longer for sale. It is left out now: look at the total, ' +
        'then place the order again.',
      idempotency_in_flight:
        'Your order is still being placed. Wait a moment, then try again: it is placed once.',
      invalid: 'The shop could not take this order. Look at the cart, then try again.',
    },
    priceChanged: (total: string) => `Prices have changed meanwhile: the total is ${total}`,
    priceChangedDetail: 'You can cancel the order as long as it is not shipped.',
    whereTo: 'Where it goes',
    fields: {
      name: 'Full name',
      line1: 'Street and number',
      line2: 'Apartment, floor',
      postalCode: 'Postal code',
      city: 'City',
      country: 'Country',
    },
    choose: 'Choose…',
    missing: {
      name: 'Enter the name of who receives it.',
      line1: 'Enter street and number.',
      city: 'Enter the city.',
      postalCode: 'Enter the postal code.',
      country: 'Choose a country.',
    },
  },
}

const board = {
  title: 'Board',
  signInText: 'The board is for the staff of the shop.',
  refused: {
    title: 'The board is for staff',
    text: (name: string) =>
      `You are signed in as ${name}, who is a customer. Sign in as a member of staff to see it.`,
  },
  loading: 'Loading orders',
  none: { title: 'No orders yet', text: 'New orders appear here the moment they are placed.' },
  nothingFound: 'Nothing found',
  nothingFoundText: 'No order matches the filter and the search.',
  showAll: 'Show all orders',
  searching: 'Searching',
  searchedLoaded: 'Only the orders loaded so far were searched.',

  search: 'Search orders',
  searchHint: 'Number, customer, product',
  status: 'Status',
  all: 'All',
  figure: (amount: number) => NUMBER.format(amount),

  tiles: {
    revenue: 'Revenue',
    today: (figure: string) => `${figure} today`,
  },

  orders: 'Orders',
  columns: {
    order: 'Order',
    customer: 'Customer',
    items: 'Items',
    placed: 'Placed',
    total: 'Total',
    status: 'Status',
  },
  guest: 'Guest',
  sortBy: 'Sort by',
  sorts: {
    'placed desc': 'Newest first',
    'placed asc': 'Oldest first',
    'customer asc': 'Customer, A to Z',
    'customer desc': 'Customer, Z to A',
    'total desc': 'Highest total first',
    'total asc': 'Lowest total first',
    'status asc': 'Status, pending first',
    'status desc': 'Status, cancelled first',
  },
  sortedLoaded: (loaded: number, all: number | null) =>
    all === null
      ? `Sorted among the ${count(loaded, 'order', 'orders')} loaded so far.`
      : `Sorted among the newest ${NUMBER.format(loaded)} of ${count(all, 'order', 'orders')}.`,
  loadAll: 'Load all',
  loadingAll: 'Loading the rest…',
  stop: 'Stop',
  loadingOlder: 'Loading older orders…',
  theEnd: 'That is all of them.',
  newOrders: (amount: number) => count(amount, 'new order', 'new orders'),

  select: (number: string) => `Select order #${number}`,
  selectAll: 'Select all shown',
  selected: (amount: number) => `${NUMBER.format(amount)} selected`,
  selection: 'Selected orders',
  clearSelection: 'Clear',
  /** After the name of the status that they become. */
  makeThem: (amount: number) => count(amount, 'order', 'orders'),
  statusOf: (number: string) => `Status of order #${number}`,

  held: {
    region: 'Changes on their way',
    becomes: (amount: number, status: OrderStatus) =>
      `${count(amount, 'order', 'orders')} → ${STATUSES[status]}`,
    one: (number: string, status: OrderStatus) => `#${number} → ${STATUSES[status]}`,
    undo: 'Undo',
    left: (seconds: number) => `Sent in ${NUMBER.format(seconds)} s`,
    announced: (what: string) => `${what}. Sent in five seconds. Press Z to undo.`,
    waits: (status: OrderStatus) => `becomes ${STATUSES[status].toLowerCase()} in a moment`,
    sending: (status: OrderStatus) => `${STATUSES[status]}, being sent`,
    sendingMany: (amount: number) => `Sending ${count(amount, 'change', 'changes')}…`,
    conflict: 'Changed meanwhile',
    failed: 'Not changed',
  },
  open: {
    title: (amount: number) => `${count(amount, 'change needs', 'changes need')} your decision`,
    someoneElse: 'Someone else changed it:',
    changedBy: (by: string) => `${by} changed it:`,
    theCustomer: 'The customer',
    cancelledBy: (by: string, reason?: string) => `${by} cancelled it${because(reason)}:`,
    wasCancelled: (reason?: string) => `It was cancelled${because(reason)}:`,
    now: 'now',
    yours: 'yours',
    notPossible: 'Yours is no longer possible.',
    applyAnyway: 'Apply yours anyway',
    keepTheirs: 'Keep theirs',
    keepAllTheirs: 'Keep all as they are',
    tryAllAgain: 'Try all again',
    notChanged: 'was not changed:',
    giveUp: 'Give up',
  },
  cancel: {
    title: (numbers: readonly string[]) =>
      numbers.length === 1
        ? `Cancel order #${numbers[0]}?`
        : `Cancel ${count(numbers.length, 'order', 'orders')}?`,
    text: 'What is cancelled is not delivered. You can undo it for five seconds.',
    keep: (amount: number) => (amount === 1 ? 'Keep the order' : 'Keep the orders'),
    confirm: (amount: number) => (amount === 1 ? 'Cancel the order' : 'Cancel the orders'),
  },
  toasts: {
    newOrder: (number: string) => `New order #${number}`,
    wasCancelled: (number: string) => `Order #${number} was cancelled`,
    wereCancelled: (amount: number) => `${count(amount, 'order was', 'orders were')} cancelled`,
    isAlready: (number: string, status: OrderStatus) =>
      `Order #${number} is ${STATUSES[status].toLowerCase()} already`,
    someoneElse: (number: string) => `Someone else changed order #${number}`,
    decideOnBoard: 'Your change was not made. It waits for you on the board.',
    notChanged: (number: string) => `Order #${number} was not changed`,
    notMade: (amount: number) => `${count(amount, 'change was', 'changes were')} not made`,
    offline: 'You are offline',
    offlineText: 'Nothing was changed. Try again when the connection is back.',
  },

  drawer: {
    name: (number: string) => `Order #${number}`,
    close: 'Close',
    previous: 'Previous order',
    next: 'Next order',
    page: 'Open as a page',
    actions: 'Actions',
    placed: 'Placed',
    customer: 'Customer',
    cancel: 'Cancel order…',
    mark: (status: OrderStatus) => `Mark as ${STATUSES[status].toLowerCase()}`,
  },

  keys: {
    title: 'Keyboard',
    open: 'Keyboard shortcuts',
    list: [
      ['/', 'Search'],
      ['j', 'Next order'],
      ['k', 'Previous order'],
      ['Enter', 'Open the order'],
      ['x', 'Select the order'],
      ['z', 'Undo the newest change'],
      ['Esc', 'Clear the selection, close what is open'],
      ['?', 'Show this list'],
    ] as readonly (readonly [key: string, what: string])[],
    on: 'Single keys do something on the board',
    close: 'Close',
  },

  tools: 'Tools',
  exportCsv: 'Export CSV',
  stopExport: 'Stop the export',
  exporting: (done: number, all: number | null) =>
    all === null
      ? `Exported ${NUMBER.format(done)}…`
      : `Exported ${NUMBER.format(done)} of ${NUMBER.format(all)}…`,
  exported: (amount: number) => `${count(amount, 'order', 'orders')} exported.`,
  exportFile: (day: string) => `orders-${day}.csv`,
  csv: [
    'Order',
    'Id',
    'Placed',
    'Updated',
    'Status',
    'Customer',
    'Email',
    'Items',
    'Currency',
    'Subtotal',
    'Tax',
    'Total',
    'Street',
    'Street 2',
    'Postal code',
    'City',
    'Country',
    'Reason',
  ] as readonly string[],
  sound: 'Sound on new orders',

  minutes: {
    title: 'Orders a minute',
    most: (figure: number) => `${NUMBER.format(figure)} at most`,
    hour: (sum: number) => `${NUMBER.format(sum)} in the last hour`,
  },
}

const products = {
  title: 'Products',
  staffTitle: 'Products are for staff',
  staffText: (name: string) =>
    `You are signed in as ${name}, who is a customer. Sign in as a member of staff to change them.`,
  signInText: 'Products are looked after by the staff of the shop.',
  loading: 'Loading products',
  noneTitle: 'No products yet',
  noneText: 'Add the first one: it is in the shop at once.',
  elsewhere: 'What this shop sells is looked after elsewhere. Here it is only shown.',
  offline: 'The server cannot be reached: what you see may be old, and changes are refused.',
  summary: (shown: number, all: number) =>
    shown === all
      ? count(all, 'product', 'products')
      : `${NUMBER.format(shown)} of ${count(all, 'product', 'products')}`,
  search: 'Search products',
  searchHint: 'Name, id or description',
  filter: 'Which are shown',
  states: { all: 'All', 'for-sale': 'For sale', hidden: 'Hidden' },
  figure: (amount: number) => NUMBER.format(amount),
  sortBy: 'Sort by',
  sorts: {
    shop: 'As in the shop',
    name: 'Name',
    cheapest: 'Lowest price',
    dearest: 'Highest price',
  },
  nothingFound: 'Nothing found',
  nothingFoundText: 'No product matches the filter and the search.',
  showAll: 'Show all products',
  forSale: 'For sale',
  hidden: 'Hidden',
  add: 'Add product',
  edit: 'Edit',
  editProduct: (product: string) => `Edit ${product}`,
  hide: 'Hide',
  hideProduct: (product: string) => `Hide ${product}`,
  show: 'Show',
  showProduct: (product: string) => `Show ${product}`,
  toasts: {
    added: (product: string) => `${product} is added`,
    saved: (product: string) => `${product} is saved`,
    hidden: (product: string) => `${product} is hidden`,
    hiddenDetail: 'It is out of the shop. Orders that have it stay as they are.',
    shown: (product: string) => `${product} is for sale again`,
    failed: (product: string) => `${product} is not changed`,
    notAdded: (product: string) => `${product} is not added`,
    stale: 'Somebody else changed it meanwhile. Look at it, then try again.',
  },
  conflict:
    'Somebody else changed it meanwhile. What you changed is still here: save again to keep it.',
  now: (value: string) => `Now: ${value}`,

  dialog: {
    addTitle: 'Add a product',
    editTitle: (product: string) => `Edit ${product}`,
    name: 'Name',
    id: 'Id',
    idHint: 'Names it in orders and addresses; it never changes.',
    description: 'Description',
    price: (currency: string) => `Price in ${currency}`,
    picture: 'Picture',
    noPicture: 'None',
    forSale: 'For sale',
    forSaleHint: 'Otherwise it is hidden: neither listed nor sold.',
    cancel: 'Cancel',
    add: 'Add product',
    save: 'Save',
    saving: 'Saving…',
  },
  missing: {
    name: 'Enter a name.',
    id: 'Use lower-case letters and digits, with single hyphens between.',
    price: (example: string) => `Enter a price such as ${example}.`,
    idTaken: 'Another product has this id.',
  },
}

const letters = {
  title: 'Dead letters',
  about:
    'Records from Kafka that could not be read. Once what was wrong is put right, send them back.',
  signInText: 'Dead letters are for the staff of the shop.',
  staffOnly: {
    title: 'Dead letters are for staff',
    text: (name: string) =>
      `You are signed in as ${name}, who is a customer. Sign in as a member of staff to see them.`,
  },
  nowhere: {
    title: 'No dead letters here',
    text: 'This shop runs without Kafka, so there is no record that could not be read.',
  },
  loading: 'Loading dead letters',
  loadingOne: 'Loading the letter',
  none: { title: 'No dead letters', text: 'Every record could be read.' },
  noneFound: {
    title: 'Nothing found',
    text: 'No dead letter has this reason.',
    all: 'Show all letters',
  },
  noneSoFar: 'Nothing found among the newest letters.',
  more: 'Look further back',
  loadingMore: 'Looking…',
  arrived: (amount: number) => count(amount, 'new dead letter', 'new dead letters'),
  asOf: 'What you see was read',

  reason: 'Reason',
  all: 'All',
  reasons: {
    not_json: 'Not JSON',
    invalid: 'Not valid',
    too_big: 'Too big',
    foreign: 'Another service',
    unknown_type: 'Unknown kind',
  },
  /** What usually is behind each, for who is to put it right. */
  causes: {
    not_json: 'Often another format, such as Avro, or a test that was sent by hand.',
    invalid:
      'Often the service has changed its events. KAFKA_FIELDS and KAFKA_STATUSES map its names.',
    too_big: 'If clients are to get events this large, raise MAX_EVENT_BYTES.',
    foreign:
      'Another service writes to the same topics. That needs ORDERS=off, or topics of its own.',
    unknown_type: 'KAFKA_TYPES names the kinds of events on one topic.',
  },
  states: { waiting: 'Not sent back', sent: 'Sent back', refused: 'Refused again' },

  select: (id: string) => `Select letter ${id}`,
  selectAll: 'Select all',
  selected: (amount: number) => `${NUMBER.format(amount)} selected`,
  sendBack: 'Send back',
  sendAgain: 'Send again',
  /** After the reason, for who cannot see the row. */
  named: (id: string) => `, letter ${id}`,
  place: (source: {
    readonly topic: string
    readonly partition: number
    readonly offset: number
  }) => `${source.topic}-${source.partition}@${source.offset}`,
  ofOrder: 'Order',

  letter: (id: string) => `Letter ${id}`,
  close: 'Back to the list',
  wrong: 'What was wrong',
  cameAs: 'Sent back before, as',
  sentAt: 'Sent back',
  refusedAs: 'It could not be read then either: see',
  putAt: 'Put here',
  from: 'Came from',
  recordOf: 'Written there',
  order: 'Order',
  unknownOrder: 'Cannot be told',
  value: 'Value',
  headers: 'Headers',
  key: 'Key',
  noValue: 'The record has no value.',
  noHeaders: 'None.',
  noKey: 'None.',
  size: (bytes: number) => count(bytes, 'byte', 'bytes'),
  asBase64: 'not text, shown as base64',
  cut: 'Only the beginning was kept. When it is sent back, the rest is fetched from where it came.',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: {
    text: 'The browser does not let this page copy',
    detail: 'The value is selected: copy it by key.',
  },

  dialog: {
    title: (amount: number) =>
      amount === 1 ? 'Send this record back?' : `Send ${NUMBER.format(amount)} records back?`,
    one: (topic: string) => `It goes to ${topic} again, as it was.`,
    several: 'They go to where they came from again, as they were, the oldest first.',
    warning: 'If what was wrong is not put right yet, this ends in a dead letter again.',
    oneBefore: 'It was sent back before.',
    severalBefore: (amount: number) =>
      `Also ${count(amount, 'record that was', 'records that were')} sent back before`,
    leave: 'Not now',
    send: (amount: number) =>
      amount === 1 ? 'Send it back' : `Send ${NUMBER.format(amount)} back`,
    running: (at: number, total: number) => `Sending ${at} of ${total}…`,
    stop: 'Stop',
    stopping: 'Stopping, once the one on its way has an answer…',
    sent: (amount: number) => `${count(amount, 'record was', 'records were')} sent back.`,
    watch: 'One that still cannot be read is here again within seconds.',
    left: (amount: number) => `${count(amount, 'other was', 'others were')} not tried.`,
    close: 'Close',
  },
}

/** Why a connection could not go on where it was. */
const WHY: Readonly<Record<ResumeReason, string>> = {
  expired: 'because it was away for too long',
  unknown: 'because the server does not know where it was',
  too_far: 'because too much had happened',
  source_gap: 'because the server itself had missed something',
  refilling: 'because the server was reading everything anew',
}

/** Why a connection ended, by the server's words for it: of a code that is new only these are known. */
const ENDINGS: Readonly<Partial<Record<string, string>>> = {
  [CLOSE_CODES.goingAway.reason]: 'The server is being started again.',
  [CLOSE_CODES.abnormal.reason]: 'The connection was lost.',
  [CLOSE_CODES.restart.reason]: 'The server is being started again.',
  [CLOSE_CODES.tryLater.reason]: 'The server has trouble of its own.',
  [CLOSE_CODES.unauthorized.reason]: 'The sign-in was not accepted.',
  [CLOSE_CODES.authTimeout.reason]: 'The connection is too slow.',
  [CLOSE_CODES.tooMany.reason]: 'There are too many connections from here.',
}

const connection = {
  name: 'Connection: ',
  endings: ENDINGS,
  states: {
    live: { label: 'Live', detail: 'You see every change as it happens.' },
    late: {
      label: (seconds: number) => `Delayed ${NUMBER.format(seconds)} s`,
      detail: (seconds: number) =>
        `Updates are delayed: the newest proof that they come through is ` +
        `${NUMBER.format(seconds)} s old.`,
    },
    connecting: { label: 'Connecting', detail: 'The connection is being set up.' },
    catchingUp: { label: 'Catching up', detail: 'What happened meanwhile is on its way.' },
    delayed: {
      label: 'Delayed',
      detail:
        'Updates are delayed: the server cannot pass them on at the moment. What you see is ' +
        'loaded again from time to time.',
    },
    waiting: {
      label: (seconds: number) =>
        seconds > 0 ? `Reconnecting in ${NUMBER.format(seconds)} s` : 'Reconnecting',
      lost: 'The connection was lost.',
      detail: (reason: string) => `${reason} What you see may be out of date.`,
    },
    offline: {
      label: 'Offline',
      detail: 'This device has no network. Updates go on as soon as it has.',
    },
    signedOut: { label: 'Signed out', detail: 'Sign in to get updates.' },
    refused: {
      label: 'Disconnected',
      refused: 'The server refused the connection.',
      detail: (reason: string) => `${reason} What you see may be out of date.`,
    },
  },
  /** Said aloud, once each. */
  lost: 'Connection lost. What you see may be out of date.',
  back: 'Connected again.',
  reconnect: 'Reconnect now',
  newest: 'Updates last came through',
  never: 'Not yet',
  ago,
  transport: 'Connection',
  transports: {
    shared: 'Shared by all tabs of this browser',
    own: 'Of this tab alone',
  },
  interrupted: 'Last interruption',
  reloaded: 'Last reload',
  ended: (at: string, outcome: string) => `At ${at}; ${outcome}.`,
  loadedAgain: (reason?: ResumeReason) =>
    reason ? `everything was loaded again, ${WHY[reason]}` : 'everything was loaded again',
  nothingMissed: 'nothing was missed',
  sentAgain: (amount: number) => `${count(amount, 'update was', 'updates were')} sent again`,
}

export const en = {
  common,
  shell,
  account,
  toasts,
  session,
  orders,
  storefront,
  board,
  products,
  letters,
  connection,
}

export type Texts = typeof en
