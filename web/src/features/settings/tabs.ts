export const TABS = ['profile', 'keys', 'members', 'health'] as const;
export type SettingsTab = (typeof TABS)[number];

export function isTab(value: unknown): value is SettingsTab {
  return TABS.includes(value as SettingsTab);
}
