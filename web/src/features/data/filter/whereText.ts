import type { Condition, Operator, Where } from './conditions';

/** Conditions as they stand in an address: `and*fldA*is*Open*fldB*empty*`. */
export function whereText({ join, conditions }: Where): string | undefined {
  if (conditions.length === 0) return undefined;
  const parts = conditions.flatMap(({ fieldId, operator, value }) => [fieldId, operator, value]);
  return [join, ...parts].map(escaped).join('*');
}

export function parseWhere(text: string | undefined): Where {
  const [join, ...parts] = (text ?? '').split('*').map(plain);
  const conditions: Condition[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [fieldId = '', operator = '', value = ''] = parts.slice(at, at + 3);
    conditions.push({ fieldId, operator: operator as Operator, value });
  }
  return { join: join === 'or' ? 'or' : 'and', conditions };
}

function escaped(text: string) {
  return text.replaceAll('!', '!!').replaceAll('*', '!-');
}

function plain(text: string) {
  return text.replace(/!([!-])/g, (_, mark) => (mark === '!' ? '!' : '*'));
}
