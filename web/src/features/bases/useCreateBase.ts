import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ApiError, post } from '@/api/client';
import { bases } from '@/api/queries';
import type { Base } from '@/api/types';
import { en } from '@/locales/en';
import { toast, toastProblem } from '@/ui/toast';

interface ImportResult {
  base_id: string;
  warnings: string[];
}

export function useCreateBase(workspaceId: string) {
  const open = useOpenBase();
  const sample = useMutation({
    mutationFn: () => post<Base>('/api/airtable/bases/sample', { workspace_id: workspaceId }),
    onSuccess: (base) => open(base.id),
    onError: toastProblem,
  });
  const importFile = useMutation({
    mutationFn: async (file: File) => {
      const query = new URLSearchParams({ workspace_id: workspaceId });
      return post<ImportResult>(`/api/airtable/bases/import?${query}`, await readJson(file));
    },
    onSuccess: async ({ base_id, warnings }) => {
      toast([en.bases.imported, ...warnings.slice(0, 5)].join('. '));
      await open(base_id);
    },
    onError: toastProblem,
  });
  return { sample, importFile };
}

function useOpenBase() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async (baseId: string) => {
    void queryClient.invalidateQueries(bases);
    await navigate({ to: '/bases/$baseId', params: { baseId } });
  };
}

async function readJson(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    throw new ApiError({ title: en.bases.notJson, status: 0, code: 'not_json' });
  }
}
