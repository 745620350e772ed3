import { SECRET } from '../lib/children'

/** What is changed from the defaults, and only because one machine plays thousands of users. */
export const SETTINGS = {
  HOST: '127.0.0.1',
  JWT_SECRET: SECRET,
  LOG_LEVEL: 'warn',
  MAX_UNAUTHENTICATED_PER_ADDRESS: '100000',
} as const
