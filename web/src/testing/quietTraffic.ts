import type { Traffic } from '@/api/connections';

/** What tests know of a base of which nothing is asked. */
export const quiet: Traffic = {
  sent: 0,
  most: 300,
  waiting: 0,
  longest_wait_ms: 0,
  shut_seconds: 0,
  kept: 0,
  asked: 0,
};
