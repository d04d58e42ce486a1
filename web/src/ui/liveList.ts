interface Item {
  id: string;
}

/**
 * The newest page over the older ones, whose ids fall: fresh states win, what is gone from the stretch that the
 * newest page covers is gone, and a gap between them is told. A whole list covers everything.
 */
export function mergeNewest<T extends Item>(head: T[] | undefined, older: T[], isWhole = false) {
  if (!head) return { items: older, hasGap: false };
  const fresh = new Map(head.map((item) => [item.id, item]));
  const end = isWhole ? '' : head.at(-1)?.id;
  const isCovered = ({ id }: T) => fresh.has(id) || (end !== undefined && id > end);
  const rest = older.filter((item) => !isCovered(item));
  const overlaps = rest.length < older.length;
  return {
    items: [...head, ...rest],
    hasGap: head.length > 0 && older.length > 0 && !overlaps,
  };
}
