import type { Field } from '@/api/types';
import { type Condition, formulaOf, needsValue, operatorsOf, type Where } from './conditions';
import { formulaField } from './formulaText';

const GROUP = /^(AND|OR)\((.*)\)$/s;
/** A text in quotes, a field in braces, or a single character. */
const PIECE = /"(?:\\.|[^"\\])*"|\{(?:\\.|[^}\\])*\}|./gs;

/** The conditions that make this formula; absent where it was written in another way. */
export function conditionsOf(formula: string, fields: Field[]): Where | undefined {
  const single = conditionOf(formula, fields);
  if (single) return { join: 'and', conditions: [single] };
  const [, name, inside = ''] = GROUP.exec(formula) ?? [];
  if (!name) return undefined;
  const conditions = partsOf(inside).map((part) => conditionOf(part, fields));
  if (!conditions.every((one) => one !== undefined)) return undefined;
  return { join: name === 'OR' ? 'or' : 'and', conditions };
}

/** Whatever is tried counts only when it makes the very same text. */
function conditionOf(part: string, fields: Field[]): Condition | undefined {
  const values = valuesIn(part);
  for (const field of fields.filter(({ name }) => part.includes(formulaField(name)))) {
    for (const operator of operatorsOf(field)) {
      const bare = { fieldId: field.id, operator, value: '' };
      const tried = needsValue(bare) ? values.map((value) => ({ ...bare, value })) : [bare];
      const makes = (one: Condition) =>
        formulaOf({ join: 'and', conditions: [one] }, fields) === part;
      const found = tried.find(makes);
      if (found) return found;
    }
  }
  return undefined;
}

/** The texts and numbers that stand in a formula, as somebody may have typed them. */
function valuesIn(part: string): string[] {
  const pieces = part.match(PIECE) ?? [];
  const texts = pieces.filter((piece) => piece.startsWith('"')).map(unquoted);
  const rest = pieces.filter((piece) => piece.length === 1).join('');
  const numbers = rest.match(/-?\d+(?:\.\d+)?/g) ?? [];
  const shares = numbers.map((number) => `${Number((Number(number) * 100).toFixed(6))}%`);
  return [...texts, ...texts.map((text) => text.slice(0, 10)), ...numbers, ...shares];
}

function unquoted(literal: string) {
  const marks: Record<string, string> = { n: '\n', t: '\t' };
  return literal.slice(1, -1).replace(/\\(.)/gs, (_, mark) => marks[mark] ?? mark);
}

function partsOf(inside: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const piece of inside.match(PIECE) ?? []) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts.map((part) => part.trim());
}
