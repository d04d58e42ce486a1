import { expect, it } from 'vitest';
import { type OpenQuestion, questionToMe, type Saga } from './sagas';

const until = '2026-11-26T12:00:00Z';
const noon = Date.parse(until);
const run = (asks: Partial<OpenQuestion> | null): Saga => ({
  saga_id: 'run1',
  definition: 'sale',
  version: 1,
  status: 'waiting',
  current_step: 'ok',
  steps_done: 0,
  total_steps: 1,
  input: {},
  output: null,
  error: null,
  waits_for: 'ok',
  asks: asks && { step: 'ok', message: 'Sell chairs?', until, may_answer: true, ...asks },
  next_at: until,
  started_by: { user_id: 'usr1', name: 'Ada' },
  started_at: until,
  cancel_requested_at: null,
  ended_at: null,
  outer_saga_id: null,
  actions: [],
});

it('takes for a question to me what I may answer, as long as there is time', () => {
  expect(questionToMe(run({}), noon - 1)?.message).toBe('Sell chairs?');
  expect(questionToMe(run({}), noon)).toBeUndefined();
  expect(questionToMe(run({ may_answer: false }), noon - 1)).toBeUndefined();
  expect(questionToMe(run(null), noon - 1)).toBeUndefined();
});
