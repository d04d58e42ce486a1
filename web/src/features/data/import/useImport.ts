import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { CHANGED_BY_UNDO } from '@/api/changes';
import { createImport, type Import, type Outcome, type Plan } from './importRows';

export interface Importing {
  phase: 'running' | 'stopped' | 'ended';
  outcome: Outcome;
  total: number;
  isStopping: boolean;
  error?: unknown;
}

/** One import from its first request to its result; it can be stopped, and goes on after a failure. */
export function useImport() {
  const queryClient = useQueryClient();
  const [state, setState] = useState<Importing>();
  const running = useRef<{ work: Import; total: number; stop: AbortController }>(undefined);
  const isRunning = state?.phase === 'running';
  useEffect(() => {
    if (!isRunning) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isRunning]);

  const show = (change: Partial<Importing>) => setState((old) => old && { ...old, ...change });
  const forget = () => {
    for (const name of CHANGED_BY_UNDO) void queryClient.invalidateQueries({ queryKey: [name] });
  };
  const goOn = async () => {
    const now = running.current;
    if (!now) return;
    now.stop = new AbortController();
    const { work, total } = now;
    setState({ phase: 'running', outcome: work.outcome(), total, isStopping: false });
    try {
      const outcome = await work.run(now.stop.signal, (outcome) => show({ outcome }));
      show({ phase: 'ended', outcome });
    } catch (error) {
      show({ phase: 'stopped', outcome: work.outcome(), error });
    }
    forget();
  };
  return {
    state,
    goOn,
    begin: (plan: Plan) => {
      const total = plan.rows.length;
      running.current = { work: createImport(plan), total, stop: new AbortController() };
      return goOn();
    },
    stop: () => {
      running.current?.stop.abort();
      show({ isStopping: true });
    },
    end: () => show({ phase: 'ended' }),
  };
}
