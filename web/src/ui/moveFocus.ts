import type { KeyboardEvent } from 'react';

/** Up and Down go from link to link of a list, over the borders of its parts; a class may be composed of several. */
export function moveFocus(event: KeyboardEvent<HTMLElement>, linkClass: string | undefined) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !linkClass) return;
  const links = [...document.querySelectorAll<HTMLElement>(`.${linkClass.replaceAll(' ', '.')}`)];
  const own = event.currentTarget.ownerDocument.activeElement?.closest('li');
  const at = links.findIndex((link) => own?.contains(link));
  const next = links[at + step];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
