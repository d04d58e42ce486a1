import { useQuery } from '@tanstack/react-query';
import { type ChangeSet, ORIGINS, type Origin } from '@/api/changes';
import { bases } from '@/api/queries';
import { en } from '@/locales/en';
import { Filter, FilterBar } from '@/ui/FilterBar';
import type { HistorySearch } from './filter';
import { usePeople } from './usePeople';

const t = en.history.filters;
const THROUGH = ORIGINS.map((value) => ({ value, label: en.history.origins[value] }));

interface Props {
  search: HistorySearch;
  changes: ChangeSet[];
  onSearch: (change: HistorySearch) => void;
}

export function Filters({ search, changes, onSearch }: Props) {
  const people = usePeople(changes);
  const { data } = useQuery(bases);
  const places = (data?.items ?? []).map((base) => ({ value: base.id, label: base.name }));
  const isFiltered = Boolean(search.base || search.by || search.through);
  return (
    <FilterBar
      label={t.label}
      isFiltered={isFiltered}
      onClear={() => onSearch({ by: undefined, through: undefined, base: undefined })}
    >
      <Filter
        label={t.whoLabel}
        placeholder={t.who}
        value={search.by}
        data={people}
        onChange={(by) => onSearch({ by })}
      />
      <Filter
        label={t.throughLabel}
        placeholder={t.through}
        value={search.through}
        data={THROUGH}
        onChange={(through) => onSearch({ through: through as Origin | undefined })}
      />
      <Filter
        label={t.baseLabel}
        placeholder={t.base}
        value={search.base}
        data={places}
        onChange={(base) => onSearch({ base })}
      />
    </FilterBar>
  );
}
