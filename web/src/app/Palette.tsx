import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight';
import { IconKeyboard, IconMoon, IconSearch, IconTable } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { base, localBases } from '@/api/queries';
import { en } from '@/locales/en';
import { Tile } from '@/ui/Chip';
import { showKeyHelp } from './KeyHelp';
import { usePages } from './usePages';
import { useSchemeToggle } from './useSchemeToggle';

const MAX_BASES_SEARCHED = 30;

export function Palette() {
  const [isOpen, setOpen] = useState(false);
  const actions = usePaletteActions(isOpen);
  return (
    <Spotlight
      actions={actions}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
      triggerOnContentEditable
      nothingFound={en.palette.nothing}
      highlightQuery
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      attributes={{ content: { 'aria-label': en.nav.search } }}
      scrollable
      maxHeight={420}
      limit={40}
      radius="lg"
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: en.palette.placeholder,
        'aria-label': en.palette.placeholder,
      }}
    />
  );
}

function usePaletteActions(isOpen: boolean): SpotlightActionGroupData[] {
  return [
    { group: en.palette.pages, actions: usePageActions() },
    ...useBaseActions(isOpen),
    { group: en.palette.commands, actions: useCommandActions() },
  ].filter((group) => group.actions.length > 0);
}

function usePageActions(): SpotlightActionData[] {
  const navigate = useNavigate();
  return usePages().map(({ to, label, icon: Icon }) => ({
    id: `page${to}`,
    label,
    leftSection: <Icon size={18} stroke={1.7} />,
    onClick: () => void navigate({ to }),
  }));
}

function useCommandActions(): SpotlightActionData[] {
  const { toggle } = useSchemeToggle();
  const icon = { size: 18, stroke: 1.7 };
  return [
    { id: 'scheme', label: en.nav.scheme, leftSection: <IconMoon {...icon} />, onClick: toggle },
    {
      id: 'keys',
      label: en.nav.keys,
      leftSection: <IconKeyboard {...icon} />,
      onClick: showKeyHelp,
    },
  ];
}

function useBaseActions(isOpen: boolean): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const list = useQuery({ ...localBases, enabled: isOpen });
  const items = list.data ?? [];
  const details = useQueries({
    queries: items
      .slice(0, MAX_BASES_SEARCHED)
      .map((item) => ({ ...base(item.id), enabled: isOpen })),
  });
  const baseActions = items.map((item) => ({
    id: item.id,
    label: item.name,
    leftSection: <Tile id={item.id} name={item.name} size={22} />,
    onClick: () => void navigate({ to: '/bases/$baseId', params: { baseId: item.id } }),
  }));
  const tableActions = details.flatMap(({ data }) =>
    (data?.tables ?? []).map((table) => ({
      id: table.id,
      label: table.name,
      description: data?.name,
      leftSection: <IconTable size={18} stroke={1.7} />,
      onClick: () =>
        void navigate({
          to: '/bases/$baseId/$tableId',
          params: { baseId: data?.id ?? '', tableId: table.id },
        }),
    })),
  );
  return [
    { group: en.palette.bases, actions: baseActions },
    { group: en.palette.tables, actions: tableActions },
  ];
}
