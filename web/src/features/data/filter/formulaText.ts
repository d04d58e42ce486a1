/** A text as a formula writes it. */
export function formulaText(text: string) {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${escaped.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

/** A field as a formula names it. */
export function formulaField(name: string) {
  return `{${name.replaceAll('}', '\\}')}}`;
}
