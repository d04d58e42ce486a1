/** Focuses an element again once it has moved in the page, which loses the focus. */
export function refocus(element: HTMLElement) {
  requestAnimationFrame(() => element.focus());
}
