import { createFileRoute } from '@tanstack/react-router';
import type { TableSearch } from '@/features/data/search';
import { TablePage } from '@/features/data/TablePage';

export const Route = createFileRoute('/_app/bases/$baseId/$tableId')({
  validateSearch: (search: Record<string, unknown>): TableSearch => ({
    view: typeof search.view === 'string' ? search.view : undefined,
    sort: typeof search.sort === 'string' ? search.sort : undefined,
    where: typeof search.where === 'string' ? search.where : undefined,
    formula: typeof search.formula === 'string' ? search.formula : undefined,
    row: Number(search.row) > 0 ? Math.floor(Number(search.row)) : undefined,
  }),
  component: Page,
});

function Page() {
  const { baseId, tableId } = Route.useParams();
  const navigate = Route.useNavigate();
  return (
    <TablePage
      key={tableId}
      baseId={baseId}
      tableId={tableId}
      search={Route.useSearch()}
      onSearch={(change) =>
        navigate({ search: (old) => ({ ...old, ...change }), replace: change.sort === undefined })
      }
    />
  );
}
