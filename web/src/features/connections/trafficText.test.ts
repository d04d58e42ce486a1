import { expect, it } from 'vitest';
import { quiet } from '@/testing/quietTraffic';
import { trafficText } from './trafficText';

it('tells how far the limit is used', () => {
  expect(trafficText(quiet)).toBe('No request to Airtable in the last minute');
  expect(trafficText({ ...quiet, sent: 12, longest_wait_ms: 999 })).toBe(
    '12 of 300 requests to Airtable in the last minute',
  );
});

it('tells what holds requests up', () => {
  const busy = { ...quiet, sent: 300, waiting: 1, longest_wait_ms: 2340, shut_seconds: 28 };
  expect(trafficText(busy)).toBe(
    '300 of 300 requests to Airtable in the last minute · Airtable takes none for 28 s · 1 request waits · longest wait 2.3 s',
  );
  expect(trafficText({ ...quiet, waiting: 3 })).toContain('3 requests wait');
});

it('tells how many questions are answered from here', () => {
  expect(trafficText({ ...quiet, kept: 2, asked: 1 })).toContain(
    "67 % of the last hour's questions answered from here",
  );
});
