import { createFileRoute } from '@tanstack/react-router';
import { SettingsPage } from '@/features/settings/SettingsPage';
import { isTab, type SettingsTab } from '@/features/settings/tabs';

export const Route = createFileRoute('/_app/settings')({
  validateSearch: (search: Record<string, unknown>): { tab?: SettingsTab } => ({
    tab: isTab(search.tab) ? search.tab : undefined,
  }),
  component: Settings,
});

function Settings() {
  const navigate = Route.useNavigate();
  const tab = Route.useSearch().tab ?? 'profile';
  return <SettingsPage tab={tab} onTab={(next) => navigate({ search: { tab: next } })} />;
}
