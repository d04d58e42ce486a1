// The official conformance scenarios that need no fixture, against the shipped server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';

const SCENARIOS = [
  ['tools-list', '2025-11-25'],
  ['resources-list', '2025-11-25'],
  ['prompts-list', '2025-11-25'],
  ['server-initialize', '2025-11-25'],
  ['ping', '2025-11-25'],
  ['dns-rebinding-protection', '2025-11-25'],
  ['tools-list', '2026-07-28'],
  ['resources-list', '2026-07-28'],
  ['prompts-list', '2026-07-28'],
  ['caching', '2026-07-28'],
  ['dns-rebinding-protection', '2026-07-28'],
  ['sep-2164-resource-not-found', '2026-07-28'],
  ['input-required-result-unsupported-methods', '2026-07-28'],
  ['input-required-result-validate-input', '2026-07-28'],
];
// Its other four checks call tools that only a fixture server has.
const PARTLY = [['server-stateless', '2026-07-28', 21]];

const upstream = new URL(process.env.PYAIRTABLE_URL);
const tool = fileURLToPath(new URL('node_modules/.bin/conformance', import.meta.url));

// The tool cannot send a credential, so this adds one and passes everything else on, Host and Origin included.
const proxy = createServer((incoming, outgoing) => {
  const headers = { ...incoming.headers, authorization: `Bearer ${process.env.PYAIRTABLE_KEY}` };
  const options = { host: upstream.hostname, port: upstream.port, path: incoming.url, method: incoming.method, headers };
  const forward = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  forward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => forward.destroy());
  incoming.pipe(forward);
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const url = `http://localhost:${proxy.address().port}/mcp`;

let failed = 0;
for (const [scenario, revision] of SCENARIOS) {
  const { code, output } = await run(scenario, revision);
  console.log(`conformance ${scenario} at ${revision}: ${code === 0 ? 'ok' : 'FAILED'}`);
  if (code !== 0) {
    console.log(output);
    failed += 1;
  }
}
for (const [scenario, revision, wanted] of PARTLY) {
  const { output } = await run(scenario, revision);
  const [, passed, all] = output.match(/Passed: (\d+)\/(\d+)/) ?? [output, 0, 0];
  console.log(`conformance ${scenario} at ${revision}, in part: ${passed} of ${all} checks`);
  if (Number(passed) < wanted) {
    console.log(output);
    failed += 1;
  }
}
proxy.closeAllConnections();
proxy.close();
assert.equal(failed, 0, `${failed} scenarios failed`);

function run(scenario, revision) {
  const args = [tool, 'server', '--url', url, '--scenario', scenario, '--spec-version', revision];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}
