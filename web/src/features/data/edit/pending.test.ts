import { expect, it } from 'vitest';
import { createPending } from './pending';
import { createTurns } from './turns';

it('shows what is newer than an answer until its own is there', () => {
  const pending = createPending();
  const record = { id: 'rec1', createdTime: '', fields: { a: 1, b: 1 } };
  const first = pending.add('rec1', { a: 2 });
  const second = pending.add('rec1', { a: 3, b: null });
  first();
  expect(pending.over(record).fields).toEqual({ a: 3 });
  second();
  expect(pending.over(record)).toBe(record);
});

it('takes turns, whatever becomes of those before', async () => {
  const turns = createTurns();
  const order: string[] = [];
  const failing = turns.take(async () => {
    await Promise.resolve();
    order.push('first');
    throw new Error('no');
  });
  const next = turns.take(async () => order.push('second'));
  await expect(failing).rejects.toThrow('no');
  await next;
  await turns.idle();
  expect(order).toEqual(['first', 'second']);
});
