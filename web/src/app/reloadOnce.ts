const KEY = 'reloaded-at';
const PAUSE_MS = 30_000;

/** A tab left open across an upgrade asks for chunks that are gone; one reload fetches the new page. */
export function reloadOnStaleChunk() {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < PAUSE_MS) return;
    event.preventDefault();
    sessionStorage.setItem(KEY, String(Date.now()));
    window.location.reload();
  });
}
