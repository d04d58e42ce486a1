import { useQuery } from '@tanstack/react-query';
import type { ApprovalPlan } from '@/api/approvals';
import { bases } from '@/api/queries';
import { useFields } from '@/ui/useFields';

/** The fields of the bases that a plan names, so that its values are shown as the grid shows them. */
export function usePlanFields({ tables }: ApprovalPlan) {
  const { data } = useQuery(bases);
  const names = new Set(tables.map(({ base }) => base));
  const ids = (data?.items ?? []).filter(({ name }) => names.has(name)).map(({ id }) => id);
  return useFields(ids);
}
