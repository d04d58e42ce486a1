import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createView, deleteView, updateView, type ViewSettings } from '@/api/views';
import { toast, toastProblem } from '@/ui/toast';
import { useEditing } from '../edit/EditContext';
import type { Columns } from '../grid/useColumns';
import type { Shown } from './shown';

type Change =
  | { kind: 'create'; view: ViewSettings & { name: string } }
  | { kind: 'update'; viewId: string; change: ViewSettings & { name?: string } }
  | { kind: 'delete'; viewId: string };

/** Changes the views of the open table, and says so once the new ones are here. */
export function useViewChange() {
  const queryClient = useQueryClient();
  const { base, table } = useEditing();
  const key = { baseId: base.id, tableId: table.id };
  return useMutation({
    mutationFn: async (change: Change & { told: string }) => {
      const done = await send(key, change);
      await queryClient.invalidateQueries({ queryKey: ['base', base.id] });
      return done;
    },
    onSuccess: (_, { told }) => toast(told),
    onError: toastProblem,
  });
}

async function send(key: { baseId: string; tableId: string }, change: Change): Promise<string> {
  if (change.kind === 'create') return (await createView(key, change.view)).view.id;
  if (change.kind === 'update') await updateView(key, change.viewId, change.change);
  else await deleteView(key, change.viewId);
  return change.viewId;
}

/** All that a view needs to show what is shown now. */
export function settingsOf(shown: Shown, columns: Columns): Required<ViewSettings> {
  return {
    filter: shown.filter,
    sort: shown.sorts.map(({ fieldId, isDescending }) => ({
      field: fieldId,
      direction: isDescending ? 'desc' : 'asc',
    })),
    hiddenFieldIds: columns.hidden,
    fieldOrder: columns.order,
  };
}
