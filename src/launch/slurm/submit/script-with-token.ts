/** A script that names its submission: what it submits itself, the next links of its chain, carries the same token. */

/** The lines come last of the directives: of two of one option the last one counts. */
export function scriptWithToken(script: string, comment: string, output: string | undefined): string {
  const lines = script.split('\n');
  // sbatch reads no directive behind the first line that is none and no comment.
  const head = lines.slice(
    0,
    lines.findIndex((line) => line !== '' && !line.startsWith('#')),
  );
  const last = head.findLastIndex((line) => line.startsWith('#SBATCH '));
  const added = [
    ...(output === undefined ? [] : [`#SBATCH --output=${quoted(output)}`]),
    `#SBATCH --comment=${/^[\w-]+$/.test(comment) ? comment : quoted(comment)}`,
  ];
  return lines.toSpliced(Math.max(1, last + 1), 0, ...added).join('\n');
}

/** sbatch splits its lines at blanks, and ends them at `#`. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
