/** Input files of programs from templates: `{name}` stands for a value, `{{` and `}}` for the brackets themselves. */

/** Throws RangeError for a name without a value, and says which there are. */
export function renderTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (match, name: string | undefined) => {
    if (name === undefined) return match[0] as string;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    throw new RangeError(
      `a template has no value for {${name}}; there are ${Object.keys(values).join(', ')}`,
    );
  });
}
