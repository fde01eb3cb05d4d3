/** What is wrong when one of Slurm's programs fails, by what it prints under LC_ALL=C. */

export type SlurmFault =
  /** It may work a moment later. `isUnsure`: the request may have arrived all the same. */
  | { readonly kind: 'transient'; readonly message: string; readonly isUnsure: boolean }
  /** It would be refused again. */
  | { readonly kind: 'refused'; readonly message: string; readonly words: string; readonly hint: string }
  /** No such job, any more or ever. */
  | { readonly kind: 'no such job'; readonly message: string }
  /** The host does not have this program, or has it switched off. */
  | { readonly kind: 'absent'; readonly message: string }
  | { readonly kind: 'other'; readonly message: string };

/** The request never left, or was turned away. */
const turnedAway =
  /unable to contact slurm controller|connect failure|connection refused|no route to host|network is unreachable|temporarily unable to accept job|temporarily unavailable|backup controller in standby|in standby mode|munge encode failed|unable to contact munged|failed to access "[^"]*munge|host is down|too many open files|unable to resolve|controller is starting/i;
/** It left, and nothing is known of what became of it. */
const unsure =
  /socket timed out|connection timed out|zero bytes were transmitted|communication (?:connection|shutdown) failure|transport endpoint|connection reset|broken pipe|message (?:receive|send) failure|receive failure|send failure|protocol authentication error|interrupted system call|insane message length|unexpected message received/i;

const absent =
  /command not found|\bENOENT\b|accounting storage is disabled|slurm accounting storage is disabled|not found in PATH|unable to connect to slurm(?:db)?d|failed to open slurm\.conf|could not establish a configuration source|cannot find configuration/i;

const noSuchJob = /invalid job id specified|no such job|job\/step already completing or completed/i;

type Refusal = readonly [pattern: RegExp, words: string, hint: string];

const refusals: readonly Refusal[] = [
  [
    /invalid partition|partition specified|no partition specified/i,
    'there is no such partition',
    'sinfo -s lists them; name one by --partition',
  ],
  [
    /required partition not available/i,
    'the partition takes no jobs at the moment',
    'sinfo -s shows the state of each',
  ],
  [
    /invalid account or account\/partition|invalid account|account.*(?:not|cannot)/i,
    'the account is not valid here, or not for this partition',
    'sacctmgr show associations user=$USER lists yours; name one by --account',
  ],
  [
    /invalid qos|qos.*(?:not|cannot)|invalid quality/i,
    'the quality of service is not valid here',
    'sacctmgr show qos lists them; name one by --qos',
  ],
  [
    /requested time limit|time limit is invalid|time limit exceeds/i,
    'the time limit is longer than the partition allows',
    'sinfo -o "%P %l" shows the limits; ask for less by --time',
  ],
  [
    /violates accounting\/qos policy|job violates|limit.*policy|exceeds/i,
    'a limit of the account or quality of service stands against it',
    'ask for less time, fewer nodes or fewer jobs at once',
  ],
  [
    /invalid --time|invalid time limit/i,
    'the time limit cannot be read',
    'write it as HH:MM:SS or D-HH:MM:SS',
  ],
  [
    /memory specification can ?not be satisfied|memory required by task is not available/i,
    'no node has that much memory',
    'sinfo -N -o "%N %m" shows what they have; ask for less by --mem',
  ],
  [
    /requested node configuration is not available|requested nodes are busy/i,
    'no nodes of the partition can ever give what was asked for',
    'sinfo -o "%P %D %c %m %G" shows what there is',
  ],
  [
    /more processors requested than permitted|node count specification invalid|cpu count per node can ?not/i,
    'the nodes and tasks do not fit together, or there are not as many',
    'sinfo -o "%P %D %c" shows nodes and cores',
  ],
  [/invalid generic resource/i, 'there is no such GPU or other resource', 'sinfo -o "%P %G" shows them'],
  [/invalid feature/i, 'no node has such a feature', 'sinfo -o "%P %f" shows them; see --constraint'],
  [
    /reservation is invalid|reservation.*(?:access|denied)/i,
    'the reservation does not exist, or is not for this user',
    'scontrol show reservation lists them',
  ],
  [/invalid license/i, 'there is no such licence', 'scontrol show licenses lists them'],
  [
    /invalid job array/i,
    'the array has an index that is too high',
    'scontrol show config | grep MaxArraySize',
  ],
  [
    /job dependency problem|invalid dependency/i,
    'the job that it should wait for does not exist',
    'see --dependency',
  ],
  [/invalid node name/i, 'there is no such node', 'sinfo -N lists them'],
  [
    /unrecognized option|invalid option|invalid argument/i,
    'this release of Slurm does not know an option',
    'sbatch --help lists them',
  ],
  [
    /pathname of a file, directory or other parameter too long|batch script .* too long|script.*size/i,
    'the script is too long for this cluster',
    'ask its administrators about max_script_size',
  ],
  [
    /access\/permission denied|user's group not permitted|not permitted to use/i,
    'this user may not do that',
    'ask the administrators of the cluster',
  ],
  [
    /i\/o error writing script|no space left/i,
    'the controller cannot store the script',
    'tell the administrators of the cluster',
  ],
];

/** `text` is all that the program printed on its standard error. */
export function slurmFault(text: string): SlurmFault {
  const message = shortened(text);
  if (noSuchJob.test(text)) return { kind: 'no such job', message };
  if (turnedAway.test(text)) return { kind: 'transient', message, isUnsure: unsure.test(text) };
  if (absent.test(text)) return { kind: 'absent', message };
  const refusal = refusals.find(([pattern]) => pattern.test(text));
  if (refusal) return { kind: 'refused', message, words: refusal[1], hint: refusal[2] };
  if (unsure.test(text)) return { kind: 'transient', message, isUnsure: true };
  return { kind: 'other', message };
}

/** Without the names of the program and repetitions, on one line. */
function shortened(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^(?:\w+: )?(?:error|fatal): /, '').trim());
  const said = [...new Set(lines)].filter((line) => line !== '' && !/^Try "/.test(line));
  return said.slice(-3).join('; ') || 'it printed nothing';
}
