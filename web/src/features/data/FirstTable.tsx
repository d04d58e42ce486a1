import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { base } from '@/api/queries';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { GridSkeleton } from './GridSkeleton';

export function FirstTable({ baseId }: { baseId: string }) {
  const { data } = useQuery(base(baseId));
  if (!data) return <GridSkeleton />;
  const table = data.tables[0];
  if (!table) return <EmptyState title={en.data.noTables}>{en.data.noTablesHint}</EmptyState>;
  return <Navigate to="/bases/$baseId/$tableId" params={{ baseId, tableId: table.id }} replace />;
}
