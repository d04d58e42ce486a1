import { useMediaQuery } from '@mantine/hooks';

export function useIsPhone() {
  return useMediaQuery('(max-width: 48em)', window.matchMedia('(max-width: 48em)').matches, {
    getInitialValueInEffect: false,
  });
}
