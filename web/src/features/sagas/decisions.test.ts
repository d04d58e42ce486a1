import { expect, it } from 'vitest';
import type { SagaStep } from '@/api/sagas';
import { consequences } from './decisions';

const step = (id: string, over: Partial<SagaStep> = {}): SagaStep => ({
  id,
  kind: 'C',
  action: 'create_record',
  status: 'done',
  assurance: 'verified',
  compensation: 'undo',
  attempts: 1,
  result: null,
  error: null,
  inner_saga_id: null,
  change_set_id: null,
  approval: null,
  actions: [],
  ...over,
});
const run = { current_step: 'ship' };

it('takes back the newest first, settles what is under way and begins nothing more', () => {
  const steps = [
    step('a'),
    step('look', { kind: 'N', compensation: null }),
    step('b', { compensation: 'DELETE request' }),
    step('c', { status: 'intent' }),
    step('d', { status: 'pending' }),
  ];
  expect(consequences('cancel', steps, run)).toEqual([
    'c is under way and will be settled first: what was sent is not torn off.',
    'b is taken back (DELETE request)',
    'a is taken back (its change set is undone)',
    'd does not begin.',
    'Records that others changed since are not overwritten; the run asks a person then.',
  ]);
});

it('says so when nothing was done, and what stays behind the point of no return', () => {
  expect(consequences('cancel', [step('a', { status: 'pending' })], run)).toEqual([
    'Nothing was done yet that would have to be taken back.',
    'a does not begin.',
  ]);
  const paid = step('pay', { kind: 'P', compensation: null });
  expect(consequences('compensate', [paid], run)).toEqual(['pay stays: it cannot be taken back']);
});

it('warns that what nobody can verify may happen twice', () => {
  const steps = [step('mail', { kind: 'R', status: 'failed', assurance: 'unverified' })];
  expect(consequences('retry_step', steps, run, 'mail')[0]).toMatch(/happens twice/);
  const lost = [step('make', { status: 'unknown' })];
  expect(consequences('retry_step', lost, run, 'make')[0]).toMatch(/look first/);
  const failed = [step('make', { status: 'failed' })];
  expect(consequences('retry_step', failed, run, 'make')[0]).toMatch(/put back before/);
});

it('tells that a skip on the way back leaves the effect in place', () => {
  const stuck = [step('a', { status: 'comp_conflict' })];
  expect(consequences('skip', stuck, run, 'a')).toEqual([
    'What the step did stays in place.',
    'After that the run takes back what is left.',
  ]);
  expect(consequences('abandon', stuck, run)[0]).toBe(
    'What a did stays in place; nothing is taken back.',
  );
});
