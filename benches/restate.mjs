// The same saga for restate: three effects, a refusal, three compensations.
import * as restate from '@restatedev/restate-sdk';

// The SDK wants a newer node than some have.
Promise.withResolvers ??= () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

const run = async (context) => {
  const undo = [];
  try {
    for (const step of ['a', 'b', 'c']) {
      undo.unshift(step);
      await context.run(step, async () => null);
    }
    throw new restate.TerminalError('The last step was refused');
  } catch (error) {
    if (!(error instanceof restate.TerminalError)) throw error;
    for (const step of undo) await context.run(`undo ${step}`, async () => null);
  }
  return 'compensated';
};

restate.serve({ services: [restate.service({ name: 'Saga', handlers: { run } })], port: Number(process.argv[2]) });
