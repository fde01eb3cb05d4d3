/** Patterns of ssh: `*` and `?`, lists with `!` before those that exclude. */

export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** True when one of the patterns matches and none that excludes does. */
export function matchesList(text: string, patterns: readonly string[]): boolean {
  let isMatch = false;
  for (const pattern of patterns) {
    const isExclusion = pattern.startsWith('!');
    if (!matchesPattern(text, isExclusion ? pattern.slice(1) : pattern)) continue;
    if (isExclusion) return false;
    isMatch = true;
  }
  return isMatch;
}
