import { queryOptions } from '@tanstack/react-query';
import { get } from '@/api/client';
import type { RowPage, Table } from '@/api/types';
import { formatCell } from '@/ui/cells/formatCell';
import { formulaField, formulaText } from '../filter/formulaText';

/** Records of a table by name, for a cell that shall link to some. */
export const linkOptions = (baseId: string, table: Table | undefined, search: string) =>
  queryOptions({
    queryKey: ['link-options', baseId, table?.id, search],
    queryFn: async ({ signal }) => {
      const primary = table?.fields.find((field) => field.id === table.primaryFieldId);
      if (!table || !primary) return [];
      const query = new URLSearchParams({ limit: '30', sort: `${primary.id}:asc` });
      const wanted = search.trim();
      const name = formulaField(primary.name);
      if (wanted) query.set('filter', `SEARCH(${formulaText(wanted)}, ${name} & "")`);
      const path = `/api/airtable/bases/${baseId}/tables/${table.id}/rows?${query}`;
      const page = await get<RowPage>(path, signal);
      return page.records.map(({ id, fields }) => ({
        id,
        name: formatCell(primary, fields[primary.id], page.names),
      }));
    },
    staleTime: 5000,
  });
