import { modals } from '@mantine/modals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Connection, disconnect } from '@/api/connections';
import { en } from '@/locales/en';
import { toast, toastProblem } from '@/ui/toast';
import { dropConnection } from './cache';

const t = en.connections;

export function useDisconnect({ id, name, bases }: Connection, onRemoved: () => void) {
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => disconnect(id),
    onSuccess: () => {
      // First, while the card of it is still there to lose the focus.
      onRemoved();
      dropConnection(queryClient, id);
      toast(t.removed(name));
    },
    onError: toastProblem,
  });
  const ask = () =>
    modals.openConfirmModal({
      title: t.removeTitle(name),
      children: [t.removeText, bases.length > 0 && t.removeOffered(bases.length)]
        .filter(Boolean)
        .join(' '),
      labels: { confirm: t.remove, cancel: en.common.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => mutate(),
    });
  return { ask, isPending };
}
