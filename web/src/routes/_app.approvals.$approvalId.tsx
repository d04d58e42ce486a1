import { createFileRoute } from '@tanstack/react-router';
import { ApprovalPage } from '@/features/approvals/ApprovalPage';

export const Route = createFileRoute('/_app/approvals/$approvalId')({ component: Page });

function Page() {
  const { approvalId } = Route.useParams();
  return <ApprovalPage key={approvalId} approvalId={approvalId} />;
}
