import { createFileRoute } from '@tanstack/react-router';
import { FirstTable } from '@/features/data/FirstTable';

export const Route = createFileRoute('/_app/bases/$baseId/')({ component: First });

function First() {
  return <FirstTable baseId={Route.useParams().baseId} />;
}
