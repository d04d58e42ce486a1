import type { Definition, SavedDefinition, Template } from '@/api/sagas';
import { en } from '@/locales/en';

const t = en.sagas.start;
const REFERENCE = /(\$?)\$\{input\.([^}]+)\}/g;

/** What can be started: a definition of a workspace, or a ready-made one that is saved on the way. */
export interface Startable {
  key: string;
  name: string;
  version?: number;
  description: string;
  steps: Definition['steps'];
  /** Members of the input, each as the names that lead to it. */
  paths: string[][];
  template?: Template;
}

export function ofDefinition({ name, version, definition }: SavedDefinition): Startable {
  return {
    key: `d:${name}`,
    name,
    version,
    description: definition.description ?? '',
    steps: definition.steps,
    paths: inputPaths(definition),
  };
}

export function ofTemplate(template: Template): Startable {
  return {
    key: `t:${template.name}`,
    name: template.name,
    description: template.description,
    steps: template.definition.steps,
    paths: template.input.map((name) => [name]),
    template,
  };
}

/** Every member of the input that a definition refers to, in the order it does. */
export function inputPaths(definition: { steps: unknown[] }): string[][] {
  const text = JSON.stringify(definition.steps);
  const found = [...text.matchAll(REFERENCE)]
    .filter(([, literal]) => !literal)
    .map(([, , path = '']) => path);
  const whole = new Set(found);
  const isInner = (path: string) => [...whole].some((other) => other.startsWith(`${path}.`));
  return [...whole].filter((path) => !isInner(path)).map((path) => path.split('.'));
}

/** An input with every member that is needed, still empty. */
export function skeleton(paths: string[][]) {
  const input: Record<string, unknown> = {};
  for (const path of paths) {
    let place = input;
    for (const name of path.slice(0, -1)) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>;
    }
    const last = path.at(-1);
    if (last) place[last] = '';
  }
  return JSON.stringify(input, null, 2);
}

interface Checked {
  value?: Record<string, unknown>;
  /** One sentence about the text as a whole. */
  problem?: string;
  /** One sentence for each member. */
  members: Record<string, string>;
}

/** The input, or what is wrong with it: a reference that finds nothing would fail its step. */
export function checkInput(text: string, paths: string[][]): Checked {
  let value: unknown;
  try {
    value = JSON.parse(text || '{}');
  } catch (error) {
    return { problem: t.notJson(error instanceof Error ? error.message : ''), members: {} };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: t.notObject, members: {} };
  }
  const members: Record<string, string> = {};
  for (const path of paths) {
    const found = at(value, path);
    if (found === undefined) members[path.join('.')] = t.missing(path.join('.'));
    else if (found === '') members[path.join('.')] = t.empty(path.join('.'));
  }
  return { value: value as Record<string, unknown>, members };
}

function at(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (place, name) =>
      typeof place === 'object' && place !== null
        ? (place as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}

/** The text with one member set; texts that cannot be read stay as they are. */
export function withMember(text: string, name: string, member: string) {
  const { value } = checkInput(text, []);
  return value ? JSON.stringify({ ...value, [name]: member }, null, 2) : text;
}

/** What is still empty stands as a word in capitals, to be replaced. */
function filled(value: unknown, name = ''): unknown {
  if (value === '') return name.toUpperCase();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, filled(member, key)]),
  );
}

const quoted = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", `'\\''`)}'`;

/** The same start from a shell. */
export function curlText(origin: string, what: Startable, workspaceId: string, input: unknown) {
  const head = `-H "Authorization: Bearer $API_KEY" \\\n  -H "Content-Type: application/json"`;
  const start = `curl -X POST ${origin}/api/saga/start \\
  ${head} \\
  -H "Idempotency-Key: once-$(date +%s)" \\
  -d ${quoted({ definition: what.name, input: filled(input) })}`;
  if (!what.template) return start;
  const definition = { workspace_id: workspaceId, ...what.template.definition };
  return `curl -X PUT ${origin}/api/saga/definitions/${what.name} \\
  ${head} \\
  -d ${quoted(definition)}

${start}`;
}
