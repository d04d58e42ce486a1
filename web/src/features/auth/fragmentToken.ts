/** Tokens travel in the fragment, which browsers never send to a server or its logs. */
export function fragmentToken(hash: string) {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}
