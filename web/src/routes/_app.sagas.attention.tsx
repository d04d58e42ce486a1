import { createFileRoute } from '@tanstack/react-router';
import { NeedPage } from '@/features/sagas/NeedPage';

export const Route = createFileRoute('/_app/sagas/attention')({ component: NeedPage });
