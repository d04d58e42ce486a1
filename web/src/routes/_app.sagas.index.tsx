import { createFileRoute } from '@tanstack/react-router';
import { SagasPage } from '@/features/sagas/SagasPage';
import { parseSearch } from '@/features/sagas/search';

export const Route = createFileRoute('/_app/sagas/')({
  validateSearch: parseSearch,
  component: Page,
});

function Page() {
  const navigate = Route.useNavigate();
  return (
    <SagasPage
      search={Route.useSearch()}
      onSearch={(change) => navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
    />
  );
}
