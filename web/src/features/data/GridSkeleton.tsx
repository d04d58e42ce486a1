import { Skeleton, Stack } from '@mantine/core';

const ROWS = Array.from({ length: 14 }, (_, index) => index);

export function GridSkeleton() {
  return (
    <Stack gap={18} p={20} aria-busy="true">
      {ROWS.map((row) => (
        <Skeleton key={row} h={16} w={`${92 - ((row * 7) % 30)}%`} />
      ))}
    </Stack>
  );
}
