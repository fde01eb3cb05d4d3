/** The command line of srun, inside an allocation or with one of its own. */
import type { CommandLine, JobRequest } from '../mpirun/command-line.js';
import type { SrunLauncher } from './launcher.js';

/**
 * Ranks get the caller's environment. One that dies ends the others, as under mpirun: they would wait for it for ever.
 * Standard input is rank 0's alone, through which its parent speaks.
 */
export function srunLine(
  launcher: SrunLauncher,
  { ranks, hosts, command }: JobRequest,
  rankEnvironment: Readonly<Record<string, string>>,
): CommandLine {
  return {
    program: launcher.path,
    args: [
      `--mpi=${launcher.mpi}`,
      `--ntasks=${ranks}`,
      ...(hosts
        ? [`--nodelist=${hosts.list.map(({ name }) => name).join(',')}`, `--nodes=${hosts.list.length}`]
        : []),
      ...['--input=0', '--kill-on-bad-exit=1', '--export=ALL'],
      ...command,
    ],
    environment: rankEnvironment,
  };
}
