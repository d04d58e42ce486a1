/** Lets the paste that a key press is about to make end up in a text field that nobody sees: browsers paste nowhere else. */
export function catchPaste(onText: (text: string) => void) {
  const area = document.createElement('textarea');
  const focused = document.activeElement as HTMLElement | null;
  area.setAttribute('aria-hidden', 'true');
  area.style.position = 'fixed';
  area.style.opacity = '0';
  const end = () => {
    clearTimeout(timer);
    area.remove();
    focused?.focus({ preventScroll: true });
  };
  const timer = setTimeout(end, 500);
  area.addEventListener('paste', (event) => {
    event.preventDefault();
    event.stopPropagation();
    end();
    onText(event.clipboardData?.getData('text/plain') ?? '');
  });
  document.body.append(area);
  area.focus({ preventScroll: true });
}
