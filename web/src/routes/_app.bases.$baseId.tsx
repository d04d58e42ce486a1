import { createFileRoute, Outlet } from '@tanstack/react-router';
import { base } from '@/api/queries';
import { BaseFrame } from '@/features/data/BaseFrame';

export const Route = createFileRoute('/_app/bases/$baseId')({
  loader: ({ context, params }) => {
    void context.queryClient.prefetchQuery(base(params.baseId));
  },
  component: Frame,
});

function Frame() {
  return (
    <BaseFrame baseId={Route.useParams().baseId}>
      <Outlet />
    </BaseFrame>
  );
}
