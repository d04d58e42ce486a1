import { setNonce } from 'get-nonce';

/** The server writes a fresh nonce into this tag with every page. */
export function pageNonce() {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

setNonce(pageNonce());
