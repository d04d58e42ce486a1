import { createFileRoute } from '@tanstack/react-router';
import { ChangePage } from '@/features/history/ChangePage';

export const Route = createFileRoute('/_app/history/$changeId')({ component: Page });

function Page() {
  const { changeId } = Route.useParams();
  return <ChangePage key={changeId} changeId={changeId} />;
}
