import type { Me, Workspace } from './types';

/** Whether the person may set up what all members of a workspace use; the server decides in the end. */
export const isManager = ({ role }: Workspace) => role === 'owner' || role === 'admin';

export const managedBy = (account: Me | undefined) => account?.workspaces.filter(isManager) ?? [];
