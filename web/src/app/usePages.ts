import { useQuery } from '@tanstack/react-query';
import { me } from '@/api/queries';
import { managedBy } from '@/api/rights';
import { PAGES } from './navigation';

export type ShownPage = (typeof PAGES)[number];

/** The pages that have something for the signed-in person. */
export function usePages(): ShownPage[] {
  const { data } = useQuery(me);
  const managesAny = managedBy(data).length > 0;
  return PAGES.filter((page) => managesAny || !('forManagers' in page));
}
