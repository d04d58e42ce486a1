import { useQuery } from '@tanstack/react-query';
import type { ApprovalPlan } from '@/api/approvals';
import { localBases } from '@/api/queries';
import { useFields } from '@/ui/useFields';

/** The fields of the bases that a plan names, so that its values are shown as the grid shows them. */
export function usePlanFields({ tables }: ApprovalPlan) {
  const { data } = useQuery(localBases);
  const names = new Set(tables.map(({ base }) => base));
  const ids = (data ?? []).filter(({ name }) => names.has(name)).map(({ id }) => id);
  return useFields(ids);
}
