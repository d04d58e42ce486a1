import { useQuery } from '@tanstack/react-query';
import { me } from '@/api/queries';
import { managedBy } from '@/api/rights';

/** Whether the signed-in person may start sagas, and where they may save one; the server decides in the end. */
export function useStarters() {
  const { data } = useQuery(me);
  const workspaces = data?.workspaces ?? [];
  return {
    mayStart: workspaces.some(({ role }) => role !== 'viewer'),
    savers: managedBy(data),
  };
}
