import { createFileRoute } from '@tanstack/react-router';
import { AnalysisPage } from '@/features/analysis/AnalysisPage';

export const Route = createFileRoute('/_app/bases/$baseId/analysis')({ component: Page });

function Page() {
  return <AnalysisPage baseId={Route.useParams().baseId} />;
}
