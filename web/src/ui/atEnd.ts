/** Marks a button that has nothing to do now; to disable it would take the focus from who has just pressed it. */
export const atEnd = (isIt: boolean) => ({
  'aria-disabled': isIt || undefined,
  'data-disabled': isIt || undefined,
});
