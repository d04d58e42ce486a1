import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { uploadAttachment } from './attachments';

const table = { baseId: 'app1', tableId: 'tbl1' };
const file = new File(['text'], 'plan.txt');

interface Answer {
  status: number;
  text: string;
}

let answers: (Answer | 'broken' | 'never')[];
let sent: { path: string; headers: Record<string, string>; form: FormData }[];

/** Answers what the test has laid out, half sent first. */
class FakeRequest {
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  status = 0;
  responseText = '';
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  private path = '';
  private headers: Record<string, string> = {};

  open(_method: string, path: string) {
    this.path = path;
  }

  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }

  send(form: FormData) {
    sent.push({ path: this.path, headers: this.headers, form });
    const answer = answers.shift() ?? 'broken';
    this.upload.onprogress?.({ loaded: 1, total: 2 });
    if (answer === 'never') return;
    if (answer === 'broken') this.onerror?.();
    else {
      this.status = answer.status;
      this.responseText = answer.text;
      this.onload?.();
    }
    this.onloadend?.();
  }

  abort() {
    this.onabort?.();
    this.onloadend?.();
  }
}

beforeEach(() => {
  answers = [];
  sent = [];
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
});

afterEach(() => vi.unstubAllGlobals());

const upload = (signal = new AbortController().signal, onProgress = (_: number) => {}) =>
  uploadAttachment(table, 'rec1', 'fld1', file, { key: 'k1', signal, onProgress });

it('sends the file under its key, tells how far it is, and answers the record', async () => {
  answers.push({ status: 201, text: '{"change_set_id":"chg1","records":[],"names":{}}' });
  const shares: number[] = [];
  const written = await upload(undefined, (share) => shares.push(share));
  expect(written.change_set_id).toBe('chg1');
  expect(shares).toEqual([0.5]);
  const [request] = sent;
  expect(request?.path).toBe('/api/airtable/bases/app1/tables/tbl1/records/rec1/attachments/fld1');
  expect(request?.headers).toMatchObject({ 'Idempotency-Key': 'k1', 'X-PyAirtable': '1' });
  expect(request?.headers).not.toHaveProperty('content-type');
  expect(request?.form.get('file')).toMatchObject({ name: 'plan.txt' });
});

it('is sent again when the session had to be refreshed', async () => {
  answers.push({ status: 401, text: '{"title":"Sign in","code":"unauthenticated"}' });
  answers.push({ status: 201, text: '{"change_set_id":null,"records":[],"names":{}}' });
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 200 }));
  await upload();
  expect(sent.map(({ headers }) => headers['Idempotency-Key'])).toEqual(['k1', 'k1']);
});

it('says why a file is refused', async () => {
  answers.push({ status: 413, text: '{"title":"Too large","code":"too_large"}' });
  await expect(upload()).rejects.toMatchObject({ status: 413, code: 'too_large' });
});

it('tells a broken line from a stop', async () => {
  answers.push('broken', 'never');
  await expect(upload()).rejects.toMatchObject({ code: 'offline' });
  const stop = new AbortController();
  const stopped = upload(stop.signal);
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
});
