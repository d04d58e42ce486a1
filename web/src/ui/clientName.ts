/** The first word of what a client calls itself; browsers all claim to be the same. */
export function clientName(client: string | null) {
  const [first = ''] = (client ?? '').trim().split(/\s+/);
  if (!first || first.startsWith('Mozilla/')) return undefined;
  const [name, version] = first.split('/');
  return version ? `${name} ${version}` : name;
}
