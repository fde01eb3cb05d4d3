/** Paths like `result.forces[0].x`, `[3]` or `result["two words"]`. */

const step = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\["([^"\]]*)"\]/y;

/** Keys and indices; undefined for text that is no path. */
export function parseJsonPath(text: string): readonly (string | number)[] | undefined {
  const path: (string | number)[] = [];
  for (let at = 0; at < text.length; ) {
    step.lastIndex = at;
    const [whole, key, index, quoted] = step.exec(text) ?? [];
    // A key that is not the first has a point in front, and the first has none.
    if (whole === undefined || (key !== undefined && whole.startsWith('.') !== at > 0)) return undefined;
    path.push(index === undefined ? ((key ?? quoted) as string) : Number(index));
    at += whole.length;
  }
  return path;
}

/** The value at a path; undefined where there is none. */
export function atJsonPath(value: unknown, path: readonly (string | number)[]): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}
