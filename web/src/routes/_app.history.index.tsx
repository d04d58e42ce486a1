import { createFileRoute } from '@tanstack/react-router';
import { parseSearch } from '@/features/history/filter';
import { HistoryPage } from '@/features/history/HistoryPage';

export const Route = createFileRoute('/_app/history/')({
  validateSearch: parseSearch,
  component: Page,
});

function Page() {
  const navigate = Route.useNavigate();
  return (
    <HistoryPage
      search={Route.useSearch()}
      onSearch={(change) => navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
    />
  );
}
