import { Skeleton } from '@mantine/core';

/** What a list by day looks like before it is there. */
export function ListSkeleton() {
  return (
    <div aria-busy="true">
      <Skeleton h={14} w={70} mt={18} mb={14} />
      {[1, 2, 3, 4, 5].map((n) => (
        <Skeleton key={n} h={48} mb={12} radius={10} />
      ))}
    </div>
  );
}
