/** Commands in which every rank of a job takes part; the others are rank 0's alone. */

const commands = ['run', 'resume', 'manybody run'];

export function isForAllRanks(argv: readonly string[]): boolean {
  return commands.some((name) => name.split(' ').every((word, i) => word === argv[i]));
}
