import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { vi } from 'vitest';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

let root: Root | undefined;

/** Shows something with all that pages have around them, except the notifications. */
export async function show(what: ReactNode) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createRouter({
    routeTree: createRootRoute({ component: () => what }),
    history: createMemoryHistory(),
  });
  const place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  await act(async () => {
    root?.render(
      <QueryClientProvider client={queryClient}>
        {/* Without transitions, what was closed is gone at once. */}
        <MantineProvider env="test">
          <ModalsProvider>
            <RouterProvider router={router} />
          </ModalsProvider>
        </MantineProvider>
      </QueryClientProvider>,
    );
  });
  return { queryClient };
}

export async function leave() {
  await act(async () => root?.unmount());
  root = undefined;
  document.body.replaceChildren();
}

/** Waits until it is so, and lets the page work meanwhile. */
export async function until<T>(find: () => T | null | undefined | false): Promise<T> {
  for (let turn = 0; turn < 100; turn += 1) {
    const found = find();
    if (found) return found;
    await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
  }
  throw new Error(`${find} did not come true in:\n${document.body.textContent}`);
}

export const shows = (text: string) => until(() => document.body.textContent?.includes(text));

/** Elements by the name that a screen reader says, as far as it stands in the element or its label. */
const named = <T extends Element>(selector: string, name: string) =>
  [...document.querySelectorAll<T>(selector)].find((element) => nameOf(element) === name);

function nameOf(element: Element) {
  const label = element.getAttribute('aria-label');
  if (label) return label;
  const own = element.id && document.querySelector(`label[for="${element.id}"]`);
  return (own || element).textContent;
}

export const button = (name: string) =>
  until(() => named<HTMLButtonElement>('button', name) ?? undefined);

export const field = (name: string) =>
  until(() => named<HTMLInputElement>('input', name) ?? undefined);

export async function press(element: HTMLElement) {
  await act(async () => element.click());
}

export async function type(input: HTMLInputElement, text: string) {
  // React hears of a value only where it was set past its own setter.
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value') ?? {};
  await act(async () => {
    set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

export interface Call {
  method: string;
  path: string;
  body: unknown;
}

/** Answers for the server; a number alone is a status without a body. */
export function serve(answer: (call: Call) => unknown) {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (path: string, { method = 'GET', body }: RequestInit = {}) => {
    const call = { method, path, body: body ? JSON.parse(String(body)) : undefined };
    calls.push(call);
    const given = await answer(call);
    if (given instanceof Response) return given;
    if (typeof given === 'number') return new Response(null, { status: given });
    return new Response(JSON.stringify(given), { status: 200 });
  });
  return calls;
}

export const problem = (status: number, title: string, detail: string) =>
  new Response(JSON.stringify({ title, status, detail }), { status });
