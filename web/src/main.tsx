import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import './app/tokens.css';
import './app/global.css';
import './app/nonce';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { setPasswordPrompt, setSignedOutHandler } from './api/client';
import { pageNonce } from './app/nonce';
import { queryClient } from './app/queryClient';
import { reloadOnStaleChunk } from './app/reloadOnce';
import { cssVariablesResolver, theme } from './app/theme';
import { askForPassword } from './features/auth/askForPassword';
import { routeTree } from './routeTree.gen';

const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

setSignedOutHandler(() => {
  const { pathname, href } = router.state.location;
  if (['/sign-in', '/setup', '/invite'].includes(pathname)) return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { next: href } });
});
setPasswordPrompt(askForPassword);
reloadOnStaleChunk();

const schemes = localStorageColorSchemeManager({ key: 'color-scheme' });

createRoot(document.getElementById('root') as HTMLElement).render(
  <QueryClientProvider client={queryClient}>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
      cssVariablesResolver={cssVariablesResolver}
      getStyleNonce={pageNonce}
    >
      <ModalsProvider>
        <Notifications position="bottom-left" autoClose={6000} />
        <RouterProvider router={router} />
      </ModalsProvider>
    </MantineProvider>
  </QueryClientProvider>,
);
