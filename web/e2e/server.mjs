import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_MS = 30_000;
const BASE = fileURLToPath(new URL('../../tests/clients/base.json', import.meta.url));

/** The token that the stand-in for Airtable takes. */
export const TOKEN = 'patStandIn.0123456789abcd';

/** Starts the binary on a free loopback port with an empty data directory, beside a stand-in for Airtable. */
export async function startServer(binary) {
  const standIn = await startStandIn(binary);
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), 'pyairtable-e2e-'));
  const args = ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', dataDir];
  const child = spawn(binary, args, { env: { ...process.env, ...reaching(standIn.port) } });
  const setupPath = await readSetupPath(child);
  return {
    origin: `http://127.0.0.1:${port}`,
    setupPath,
    stop: async () => {
      await Promise.all([ended(child), ended(standIn.child)]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startStandIn(binary) {
  const port = await freePort();
  const args = ['base', 'serve', '--emulate-airtable', '--no-rate-limit', '--token', TOKEN];
  args.push('--listen', `127.0.0.1:${port}`, '--import', BASE);
  const child = spawn(binary, args);
  await readOutput(child, new RegExp(`127\\.0\\.0\\.1:${port}`), 'address');
  return { port, child };
}

/** Settings with which a server may call a stand-in on this machine. */
function reaching(port) {
  return {
    PYAIRTABLE__AIRTABLE__API_URL: `http://127.0.0.1:${port}`,
    PYAIRTABLE__AIRTABLE__CONTENT_URL: `http://127.0.0.1:${port}`,
    PYAIRTABLE__OUTBOUND__ALLOW_PRIVATE: '127.0.0.0/8',
    PYAIRTABLE__OUTBOUND__ALLOW_HTTP: '127.0.0.1',
    PYAIRTABLE__OUTBOUND__PORTS: `443,${port}`,
  };
}

function ended(child) {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return exit;
}

async function readSetupPath(child) {
  return (await readOutput(child, /\/setup#token=([^\s"']+)/, 'set-up link'))[0];
}

function readOutput(child, wanted, name) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`no ${name} in:\n${output}`)), START_MS);
    const onData = (chunk) => {
      output += chunk;
      const found = output.match(wanted);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
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
