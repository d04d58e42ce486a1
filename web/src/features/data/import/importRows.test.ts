import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Field } from '@/api/types';
import { createImport } from './importRows';

const NAME: Field = { id: 'fld1', name: 'Name', type: 'singleLineText' };
const HOURS: Field = { id: 'fld2', name: 'Hours', type: 'number', options: {} };
const table = { baseId: 'app1', tableId: 'tbl1' };

interface Sent {
  path: string;
  key: string | null;
  body: { records: { fields: Record<string, unknown> }[]; changes?: string[] };
}

let sent: Sent[];
let answers: ((request: Sent) => Response | undefined)[];

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  answers = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const key = new Headers(init.headers).get('Idempotency-Key');
    const request = { path, key, body: JSON.parse(String(init.body)) };
    sent.push(request);
    const answer = answers.shift()?.(request);
    if (answer) return answer;
    return json(201, { change_set_id: `chg${sent.length}`, records: [], names: {} });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const lines = (count: number, hours: (n: number) => string = () => '1') =>
  Array.from({ length: count }, (_, n) => ({ number: n + 2, cells: [`Row ${n}`, hours(n)] }));

/** Runs it with the clock moved on, so that no wait between attempts is waited for. */
async function run(work: ReturnType<typeof createImport>, signal = new AbortController().signal) {
  let isOver = false;
  const result = work
    .run(signal, () => {})
    .finally(() => {
      isOver = true;
    });
  result.catch(() => {});
  while (!isOver) await vi.advanceTimersByTimeAsync(2000);
  return result;
}

it('sends 500 rows at once and makes them one change', async () => {
  const work = createImport({ table, rows: lines(1100), columns: [NAME, HOURS] });
  const outcome = await run(work);
  const batches = sent.filter(({ path }) => path.endsWith('/records'));
  expect(batches.map(({ body }) => body.records.length)).toEqual([500, 500, 100]);
  expect(new Set(batches.map(({ key }) => key)).size).toBe(3);
  expect(outcome).toEqual({ done: 1100, made: 1100, refused: [], change: 'chg1' });
  const join = sent.at(-1);
  expect(join?.path).toBe('/api/saga/changes/chg1/join');
  expect(join?.body.changes).toEqual(['chg2', 'chg3']);
});

it('keeps back rows that do not fit, with the reason', async () => {
  const rows = lines(3, (n) => (n === 1 ? 'many' : '2'));
  const outcome = await run(createImport({ table, rows, columns: [NAME, HOURS] }));
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body.records).toHaveLength(2);
  expect(outcome.made).toBe(2);
  expect(outcome.refused).toEqual([
    { number: 3, cells: ['Row 1', 'many'], reason: expect.stringContaining('not a number') },
  ]);
});

it('leaves out what the server refuses and sends the rest', async () => {
  const errors = [
    { field: 'records[0]', message: 'No such choice' },
    { field: 'records[2]', message: 'Too long' },
  ];
  answers.push(() => json(422, { title: 'Not valid', code: 'invalid_request', errors }));
  const outcome = await run(createImport({ table, rows: lines(4), columns: [NAME] }));
  expect(sent.map(({ body }) => body.records.length)).toEqual([4, 2]);
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
  expect(outcome.made).toBe(2);
  expect(outcome.refused.map(({ number, reason }) => [number, reason])).toEqual([
    [2, 'No such choice'],
    [4, 'Too long'],
  ]);
});

it('goes on after a lost answer with the same request under the same key', async () => {
  const lost = () => json(503, { title: 'Down', code: 'unavailable' });
  answers.push(() => json(201, { change_set_id: 'chgA' }), lost, lost, lost);
  const work = createImport({ table, rows: lines(700), columns: [NAME] });
  await expect(run(work)).rejects.toMatchObject({ status: 503 });
  expect(work.outcome()).toMatchObject({ done: 500, made: 500 });
  await run(work);
  const second = sent.filter(({ body }) => body.records?.length === 200);
  expect(second).toHaveLength(4);
  expect(new Set(second.map(({ key }) => key)).size).toBe(1);
  expect(work.outcome()).toMatchObject({ done: 700, made: 700, change: 'chgA' });
});

it('counts what was made although its answer is lost for good', async () => {
  const detail = '200 records made, 0 changed, 0 deleted in change set chg0123456789ABCD';
  answers.push(() => json(201, { change_set_id: 'chgA' }));
  answers.push(() => json(409, { title: 'Done', code: 'already_done', detail }));
  const outcome = await run(createImport({ table, rows: lines(700), columns: [NAME] }));
  expect(outcome.made).toBe(700);
  expect(sent.at(-1)?.body.changes).toEqual(['chg0123456789ABCD']);
});

it('stops between two requests', async () => {
  const stop = new AbortController();
  answers.push(() => {
    stop.abort();
    return undefined;
  });
  const outcome = await run(
    createImport({ table, rows: lines(1200), columns: [NAME] }),
    stop.signal,
  );
  expect(outcome).toMatchObject({ done: 500, made: 500 });
  expect(sent).toHaveLength(1);
});

it('makes the table a part of the same change', async () => {
  const plan = { table, rows: lines(2), columns: [NAME], change: 'chgT' };
  const outcome = await run(createImport(plan));
  expect(outcome.change).toBe('chgT');
  expect(sent.at(-1)?.path).toBe('/api/saga/changes/chgT/join');
});
