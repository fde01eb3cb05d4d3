/** Where the output of a job is, from the pattern that sbatch was given. */

export interface OutputFacts {
  readonly jobId: string;
  readonly jobName: string;
  readonly task?: number;
}

/** Undefined where the pattern names what only the node knows: `%N`, `%u`, `%s`. Relative to the job's folder. */
export function outputPath(pattern: string, { jobId, jobName, task }: OutputFacts): string | undefined {
  let isKnown = true;
  const path = pattern.replaceAll(/%(\d*)([A-Za-z%])/g, (_, width: string, letter: string) => {
    // Ten digits are the most that Slurm pads to.
    const padded = (value: string): string => value.padStart(Math.min(10, Number(width || 0)), '0');
    switch (letter) {
      case '%':
        return '%';
      case 'j':
      case 'A':
        return padded(jobId);
      case 'a':
        return padded(String(task ?? 4_294_967_294));
      case 'x':
        return jobName;
      default:
        isKnown = false;
        return '';
    }
  });
  return isKnown ? path : undefined;
}
