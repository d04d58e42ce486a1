import { useMemo, useState } from 'react';
import { undoChange } from '@/api/changes';
import { en } from '@/locales/en';
import { toast, toastAction, toastProblem } from '@/ui/toast';
import type { Turns } from './turns';

const t = en.grid;
const TOAST = 'own-change';

type Way = 'undo' | 'redo';

/** The change sets of this page, to be undone from last to first and done again. */
export function useOwnChanges(turns: Turns, onUndone: () => void) {
  const [done] = useState<Record<Way, string[]>>({ undo: [], redo: [] });
  return useMemo(() => {
    const offer = (message: string, way: Way) =>
      toastAction(message, { label: t[way], onClick: () => void undo(way) }, TOAST);
    const undo = async (way: Way) => {
      await turns.idle();
      const id = done[way].pop();
      if (!id) return toast(way === 'undo' ? t.nothingToUndo : t.nothingToRedo);
      const back = way === 'undo' ? 'redo' : 'undo';
      try {
        const { undo: opposite, totals } = await turns.take(() => undoChange(id, {}));
        const left = totals.conflict + totals.irreversible;
        const whole = way === 'undo' ? t.undone : t.redone;
        const message = left > 0 ? t.undoneInPart(totals.restored, left) : whole;
        if (!opposite) toast(message);
        else {
          done[back].push(opposite);
          offer(message, back);
        }
      } catch (error) {
        toastProblem(error);
      }
      onUndone();
    };
    const remember = (change: string | null, message: string) => {
      if (!change) return toast(message);
      done.undo.push(change);
      done.redo.length = 0;
      offer(message, 'undo');
    };
    return { undo, remember };
  }, [turns, done, onUndone]);
}
