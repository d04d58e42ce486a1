import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CHANGED_BY_UNDO, type UndoReport, type UndoRequest, undoChange } from '@/api/changes';
import { en } from '@/locales/en';
import { toast, toastAction, toastProblem } from '@/ui/toast';

const t = en.undo;

interface Ask {
  id: string;
  request: UndoRequest;
}

/** Undoes, asks anew for whatever that may have changed, and offers to redo. */
export function useUndo() {
  const refresh = useRefresh();
  const redo = useMutation({
    mutationFn: (undoId: string) => undoChange(undoId, {}),
    onSuccess: (report) => toast(doneText(report, t.toastRedone)),
    onError: toastProblem,
    onSettled: refresh,
  });
  return useMutation({
    mutationFn: ({ id, request }: Ask) => undoChange(id, request),
    onSuccess: (report) => {
      const { undo } = report;
      const message = doneText(report, t.toastDone);
      if (!undo) toast(message);
      else toastAction(message, { label: t.redo, onClick: () => redo.mutate(undo) });
    },
    onError: toastProblem,
    onSettled: refresh,
  });
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => {
    for (const key of CHANGED_BY_UNDO) void queryClient.invalidateQueries({ queryKey: [key] });
  };
}

/** What was done, and what was left. */
function doneText({ undo, totals }: UndoReport, done: (n: number) => string) {
  const left = totals.conflict + totals.irreversible;
  const first = undo ? done(totals.restored) : left === 0 ? t.toastAlready : '';
  return [first, left > 0 ? t.toastConflicts(left) : ''].filter(Boolean).join(' · ');
}
