import { useMutation, useQueryClient } from '@tanstack/react-query';
import { patch, post, remove as send } from '@/api/client';
import { members } from '@/api/queries';
import type { Member, Role } from '@/api/types';
import { toastProblem } from '@/ui/toast';

export interface Invite {
  email: string;
  name: string;
  role: Role;
}

export function useMemberChanges(workspaceId: string) {
  const queryClient = useQueryClient();
  const path = `/api/workspaces/${workspaceId}/members`;
  const onSettled = () => queryClient.invalidateQueries(members(workspaceId));
  const setRole = useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      patch<Member>(`${path}/${userId}`, { role }),
    onError: toastProblem,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (userId: string) => send(`${path}/${userId}`),
    onError: toastProblem,
    onSettled,
  });
  const invite = useMutation({
    mutationFn: (values: Invite) =>
      post<{ member: Member; invite_url: string | null }>(path, values),
    onSettled,
  });
  return { setRole, remove, invite };
}
