import { createFileRoute } from '@tanstack/react-router';
import { QueryPage } from '@/features/query/QueryPage';

export const Route = createFileRoute('/_app/bases/$baseId/query')({ component: Page });

function Page() {
  const { baseId } = Route.useParams();
  return <QueryPage key={baseId} baseId={baseId} />;
}
