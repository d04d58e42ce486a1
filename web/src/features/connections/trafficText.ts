import type { Traffic } from '@/api/connections';
import { en } from '@/locales/en';

const t = en.connections.traffic;
/** Airtable's own answers take longer. */
const WORTH_TELLING_MS = 1000;

/** How far the limit of a base is used, and how much is answered without Airtable. */
export function trafficText({
  sent,
  most,
  waiting,
  longest_wait_ms: longest,
  shut_seconds: shut,
  kept,
  asked,
}: Traffic) {
  const questions = kept + asked;
  return [
    t.sent(sent, most),
    shut > 0 && t.shut(shut),
    waiting > 0 && t.waiting(waiting),
    longest >= WORTH_TELLING_MS && t.longest(longest),
    questions > 0 && t.kept(Math.round((100 * kept) / questions)),
  ]
    .filter(Boolean)
    .join(' · ');
}
