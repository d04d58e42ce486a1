import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS = 30_000;

/** Starts the binary on a free loopback port with an empty data directory. */
export async function startServer(binary) {
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), 'pyairtable-e2e-'));
  const child = spawn(binary, ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', dataDir]);
  const setupPath = await readSetupPath(child);
  return {
    origin: `http://127.0.0.1:${port}`,
    setupPath,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function readSetupPath(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`no set-up link in:\n${output}`)), START_MS);
    const onData = (chunk) => {
      output += chunk;
      const found = output.match(/\/setup#token=([^\s"']+)/);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[0]);
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => reject(new Error(`server ended with ${code}:\n${output}`)));
  });
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
