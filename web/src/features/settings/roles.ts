import type { Role } from '@/api/types';
import { en } from '@/locales/en';

const NAMES: Role[] = ['owner', 'admin', 'editor', 'viewer'];

export const ROLES = NAMES.map((value) => ({ value, label: en.settings.roles[value] }));
