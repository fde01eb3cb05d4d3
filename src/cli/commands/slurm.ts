import { type Command, hasFlag } from '../command.js';
import { slurmOptions } from '../options/slurm-options.js';
import { scriptFor, studyOf } from '../slurm-script.js';

export const slurmCommand: Command = {
  name: 'slurm',
  describe:
    'Prints the sbatch script of a study: its ranks in one allocation, or its shards in a job array. What options do ' +
    'not say, the section slurm of the study does, then the site.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  options: {
    ...slurmOptions,
    json: { describe: 'The script and its settings as one JSON document.', isFlag: true },
  },
  notes: [
    'Sites are files in slurm/sites of the package and in ~/.config/shoal/sites ($XDG_CONFIG_HOME/shoal/sites).',
    'Times and sizes have their unit: --time "90 min", --time 01:30:00, --mem "4 GB".',
  ],
  handle: async (args, context) => {
    const study = await studyOf(args, context);
    const prepared = await scriptFor(study, args, context);
    const text = hasFlag(args, 'json')
      ? `${JSON.stringify({ name: study.name, ...prepared }, null, 2)}\n`
      : prepared.text;
    context.stdout.write(text);
    return 0;
  },
};
