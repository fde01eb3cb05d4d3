/** What a Slurm job can be asked to have: one key for each option of sbatch, checked and brought to one form. */
import { z } from 'zod';
import { parseBytes, parseDurationMs } from '../quantities.js';
import { type JobSettings, jobHints } from './settings.js';

export const jobTimeWords = 'a time with its unit, like 90 min, 2 h, 01:30:00 or 1-12:00:00';

const count = z.int().min(1);

/** One line: a directive ends with it. */
const text = z
  .string()
  .min(1)
  .regex(/^[^\n\r"\\]+$/, 'text of one line without double quotes and backslashes');

const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

/** A bare number would be minutes to Slurm, seconds to the rest of a study. */
const jobTime = z
  .union([z.string(), z.number()])
  .transform((value, context) =>
    read(value, context, (given) => withUnit(given, parseDurationMs), jobTimeWords),
  );

/** 0 is all the memory of a node; another bare number would be megabytes to Slurm, bytes to the rest of a study. */
const memory = z
  .union([z.string(), z.number()])
  .transform((value, context) =>
    read(
      value,
      context,
      (given) => (String(given) === '0' ? 0 : withUnit(given, parseBytes)),
      '0 for all of a node, or a size with its unit, like 4 GB or 512 MiB',
    ),
  );

/** Keys with `auto` are filled in by us, from what the study is predicted to take. */
export const jobShape = {
  job_name: text.optional().describe('Name of the job; that of the study by default.'),
  nodes: z
    .union([count, z.string().regex(/^[1-9]\d*(-[1-9]\d*)?$/, 'a number of nodes, or a range like 2-4')])
    .optional()
    .describe('Nodes, or a range of them: 2-4.'),
  ntasks: z
    .union([z.literal('auto'), count])
    .optional()
    .describe('Ranks; auto: proposed from what the cases are predicted to take.'),
  ntasks_per_node: count.optional().describe('Ranks on each node.'),
  cpus_per_task: count.optional().describe('Cores of each rank.'),
  mem: memory.optional().describe('Memory of each node; 0 for all of it.'),
  mem_per_cpu: memory.optional().describe('Memory for each core.'),
  time: z
    .union([z.literal('auto'), jobTime])
    .optional()
    .describe('Time limit; auto: proposed from what the cases are predicted to take.'),
  partition: texts.optional().describe('Partition, or several to choose from.'),
  account: text.optional().describe('Account that the time is charged to.'),
  qos: text.optional().describe('Quality of service.'),
  constraint: text.optional().describe('Features that the nodes must have.'),
  gpus: z.union([count, text]).optional().describe('GPUs of the job: a number, or like a100:2.'),
  gpus_per_node: z.union([count, text]).optional().describe('GPUs of each node.'),
  gres: text.optional().describe('Other generic resources of each node.'),
  exclusive: z
    .union([z.boolean(), z.enum(['user', 'mcs'])])
    .optional()
    .describe('Whether nodes are shared with no other job.'),
  dependency: text.optional().describe('Jobs that this one waits for, like afterok:1234.'),
  begin: text.optional().describe('Earliest time of the start, as sbatch reads it.'),
  nodelist: text.optional().describe('Nodes that must be among those of the job.'),
  exclude: text.optional().describe('Nodes that must not.'),
  mail_type: texts.optional().describe('What mail is sent about: END, FAIL, TIME_LIMIT, …'),
  mail_user: text.optional().describe('Who it is sent to.'),
  licenses: texts.optional().describe('Licences that the job occupies, like solver:4.'),
  reservation: text.optional().describe('Reservation that the job runs in.'),
  output: text.optional().describe('File of what the job prints; NAME-JOB.out by default.'),
  error: text.optional().describe('File of what it prints to standard error; with the rest by default.'),
  signal: z
    .union([z.literal('auto'), z.literal('none'), jobTime])
    .optional()
    .describe(
      'How long before the time limit the run is told to stop; auto: long enough for the longest case.',
    ),
  requeue: z.boolean().optional().describe('Whether Slurm may start the job again; yes by default.'),
  hint: z
    .enum(jobHints)
    .optional()
    .describe(`For the binding of ranks: ${jobHints.join(', ')}.`),
  comment: text.optional().describe('Comment on the job.'),
  options: z
    .array(z.string().regex(/^--[a-z][^\n\r]*$/, 'an option of sbatch, like --nice=100'))
    .optional()
    .describe('Further options of sbatch, as it reads them.'),
} as const satisfies Readonly<Record<string, z.ZodType>>;

export const jobSchema = z.strictObject(jobShape);

/** As validated, under the keys of the file. */
export type JobDocument = z.output<typeof jobSchema>;

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Settled = { readonly [K in keyof JobDocument as Camel<K>]: JobDocument[K] };

export function jobSettingsOf(document: JobDocument): JobSettings {
  const entries = Object.entries(document).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [camelCase(key), value])) as Settled;
}

export function camelCase(key: string): string {
  return key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The words of a message, should the value not be readable. */
function read<T>(
  value: string | number,
  context: z.RefinementCtx,
  parse: (value: string | number) => T | undefined,
  words: string,
): T {
  const parsed = parse(value);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: words, input: value });
  return z.NEVER;
}

function withUnit(value: string | number, parse: (text: string) => number | undefined): number | undefined {
  return typeof value === 'number' || /^[\d.]+$/.test(value.trim()) ? undefined : parse(value);
}
