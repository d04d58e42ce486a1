import { createFileRoute } from '@tanstack/react-router';
import { SagaPage } from '@/features/sagas/SagaPage';

export const Route = createFileRoute('/_app/sagas/$sagaId')({ component: Page });

function Page() {
  const { sagaId } = Route.useParams();
  return <SagaPage key={sagaId} sagaId={sagaId} />;
}
