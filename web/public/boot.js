// Runs before first paint so that a dark page never flashes white; a file of its own because the
// content security policy refuses inline scripts.
(() => {
  let choice = 'auto';
  try {
    choice = localStorage.getItem('color-scheme') ?? 'auto';
  } catch {
    choice = 'auto';
  }
  const isDark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
