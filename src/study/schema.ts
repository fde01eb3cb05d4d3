/**
 * The study file, key by key. Editors use it as JSON Schema (schema/study.schema.json), TypeScript studies as a type,
 * and `load` to refuse what is wrong. What two keys must agree on is checked by `load`, where both are at hand.
 */
import { z } from 'zod';
import { defaultExecution, isolations } from './execution.js';
import { kernel } from './kernel-schema.js';
import { slurmSection } from './slurm/section.js';
import { strategies } from './study.js';
import { priorityRules } from './tasks.js';

const number = z.number();
const expression = z
  .union([z.string().min(1), number])
  .describe('An expression over the parameters, like `h1 + 2 * h2`, or a number.');

const distributionSize = z
  .int()
  .min(1)
  .max(100_000)
  .optional()
  .describe('Makes the parameter a vector of this many independent draws.');

const bounds = (what: string) => z.tuple([number, number]).describe(what);

const moments = z.union([
  z.tuple([number, number]),
  z.strictObject({
    mean: number.describe('Mean.'),
    std: number.describe('Standard deviation, positive.'),
    min: number.optional().describe('Draws below are cut off: the distribution is truncated, not clipped.'),
    max: number.optional().describe('Draws above are cut off: the distribution is truncated, not clipped.'),
  }),
]);

const logMoments = z.union([
  z.tuple([number, number]),
  z.strictObject({
    mean: number.describe('Mean of the logarithm.'),
    std: number.describe('Standard deviation of the logarithm, positive.'),
    base: z
      .union([z.literal('e'), z.literal(10)])
      .optional()
      .describe('Base of the logarithm: e (default) or 10.'),
    min: number.optional().describe('Smallest value (not its logarithm): the distribution is truncated.'),
    max: number.optional().describe('Largest value (not its logarithm): the distribution is truncated.'),
  }),
]);

const spaced = z.tuple([number, number, z.int().min(1)]);

const listedValues = z.union([z.array(z.union([number, z.string()])), z.array(z.array(number))]);

const parameter = z.union([
  number.describe('The same number in every case.'),
  z.string().describe('The same text in every case.'),
  listedValues.describe('A grid axis with these values; a list of lists is an axis of vectors.'),
  z.strictObject({
    value: z
      .union([number, z.string(), z.array(number)])
      .describe('The same value in every case; a list is one vector, not an axis.'),
  }),
  z.strictObject({ values: listedValues.describe('A grid axis with these values.') }),
  z.strictObject({
    linspace: spaced.describe('[first, last, count]: a grid axis, evenly spaced, both ends included.'),
  }),
  z.strictObject({
    logspace: spaced.describe(
      '[first, last, count]: a grid axis, evenly spaced in the logarithm; the ends are values, both included.',
    ),
  }),
  z.strictObject({ uniform: bounds('[low, high]: uniform draws.'), size: distributionSize }),
  z.strictObject({
    loguniform: bounds('[low, high], both positive: draws uniform in the logarithm.'),
    size: distributionSize,
  }),
  z.strictObject({
    normal: moments.describe('Normal draws: [mean, std] or {mean, std, min?, max?}.'),
    size: distributionSize,
  }),
  z.strictObject({
    lognormal: logMoments.describe(
      'Lognormal draws: [mean, std] of the natural logarithm, or {mean, std, base?, min?, max?}.',
    ),
    size: distributionSize,
  }),
]);

const sample = z.strictObject({
  count: z
    .int()
    .min(1)
    .describe('How many draws. With a grid, every grid point meets the same draws, this many cases each.'),
  method: z
    .enum(['random', 'lhs', 'sobol'])
    .default('random')
    .describe('Independent draws, a Latin hypercube, or scrambled Sobol points.'),
  seed: z
    .int()
    .min(0)
    .default(0)
    .describe('Another seed, other draws; the same seed, the same draws anywhere.'),
});

const duration = z.union([z.string().min(1), number]);

const execution = z
  .strictObject({
    timeout: duration
      .optional()
      .describe(
        'Longest time of one case: seconds, or like 15 min or 01:30:00, or none. One hour by default.',
      ),
    stall: duration
      .optional()
      .describe('Longest time of one case without a sign of progress (output, or progress that it reports).'),
    max_retries: z
      .int()
      .min(0)
      .optional()
      .describe(
        'How often a case that failed or timed out is tried again: never by default, with a list of kernels once by each further one. Lost workers do not count.',
      ),
    backoff: z
      .tuple([duration, duration])
      .optional()
      .describe(
        '[first, most]: the wait before a retry, doubled with each further one. [1 s, 1 min] by default.',
      ),
    crash_limit: z
      .int()
      .min(1)
      .default(defaultExecution.crashLimit)
      .describe('A case that ended its worker this often is given up.'),
    isolation: z
      .enum(isolations)
      .default(defaultExecution.isolation)
      .describe(
        'process: the kernel lives in a child process, which a crash or a time limit ends; inline: in the rank itself; auto: process for your kernels.',
      ),
    memory_limit_per_worker: z
      .union([z.string().min(1), z.int().min(1)])
      .optional()
      .describe(
        'Memory of a worker and all it starts, like 2 GB: a case beyond it is ended. Bounds the number of workers.',
      ),
    retry_memory_factor: z
      .number()
      .min(1)
      .default(defaultExecution.retryMemoryFactor)
      .describe(
        'A case that ran out of memory may use this many times as much in its next attempt, up to nine tenths of its host: 2 tries 2 GB, 4 GB, 8 GB. By default no more than before.',
      ),
    threads: z
      .union([z.literal('auto'), z.int().min(1)])
      .default(defaultExecution.threads)
      .describe('OMP_NUM_THREADS and the like for kernels; auto: the cores that the worker owns.'),
    pinning: z
      .enum(['auto', 'none'])
      .default(defaultExecution.pinning)
      .describe('auto binds workers to cores of their own where the launcher has not.'),
    gpus: z
      .union([z.enum(['auto', 'none']), z.int().min(1)])
      .default(defaultExecution.gpus)
      .describe(
        'GPUs of a node, dealt out to its workers in turn (CUDA_VISIBLE_DEVICES); auto: those that are visible.',
      ),
    ranks_per_task: z
      .int()
      .min(1)
      .default(defaultExecution.ranksPerTask)
      .describe('Ranks that compute one case together, for MPI kernels.'),
    checkpoint: z
      .strictObject({
        cases: z.int().min(1).optional().describe('After this many results.'),
        seconds: duration.optional().describe('After this time; 0.1 s by default.'),
      })
      .prefault({})
      .describe('How often results are committed to disk.'),
    nan: z
      .enum(['keep', 'refuse'])
      .default(defaultExecution.nan)
      .describe('Whether a NaN among the outputs is a result or fails the case.'),
  })
  .prefault({})
  .describe('How cases are computed, and what happens when one fails.');

const tasks = z
  .strictObject({
    id: z.string().min(1).optional().describe('Column that names each case; all different.'),
    depends_on: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Text column with the ids of the cases that must have completed before, separated by blanks or commas.',
      ),
    level: expression
      .optional()
      .describe('Formula of the level of a case: it waits for all cases of lower levels.'),
    priority: expression
      .optional()
      .describe(
        `Formula, or one of ${priorityRules.join(', ')}: larger ones first among those that may start.`,
      ),
    resources: z
      .strictObject({
        cores: expression.optional().describe('Cores that the case occupies.'),
        memory: expression
          .optional()
          .describe('Memory that it needs: bytes, a size like 2 GB, or a formula of bytes.'),
        gpus: expression.optional().describe('GPUs that it needs.'),
      })
      .optional()
      .describe('What a case occupies while it is computed.'),
  })
  .optional()
  .describe('In which order cases may and should be computed, and what each occupies. Changes no result.');

export const studySchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the JSON Schema of this file.'),
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
        'letters, digits, - _ . (first a letter or digit, at most 100)',
      )
      .describe('Name of the study: letters, digits, - _ . Its runs go to runs/NAME.'),
    description: z.string().default('').describe('What the study is for, in your words.'),
    solver: z.string().min(1).optional().describe('Name of a built-in solver, like tem1d. Or give `kernel`.'),
    kernel: kernel
      .optional()
      .describe('Your own kernel: a module, a C function or a program, or a list of them. Or give `solver`.'),
    settings: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Settings of the solver, or plain data for your kernel.'),
    sample: sample.optional().describe('How the distributions among the parameters are drawn.'),
    parameters: z
      .record(z.string(), parameter)
      .default({})
      .describe(
        'What varies from case to case. Grid axes are combined in full, the first varies slowest; distributions are drawn `sample.count` times.',
      ),
    table: z
      .string()
      .min(1)
      .optional()
      .describe(
        'CSV file with a header line: a row is a case (or one step of the slowest grid axis), columns of numbers or texts are parameters; columns x[0], x[1] … make a vector x.',
      ),
    cases: z
      .array(z.record(z.string(), z.union([number, z.string(), z.array(number)])))
      .optional()
      .describe('Cases one by one, all with the same keys: like `table`, but written here.'),
    derived: z
      .record(z.string(), z.union([expression, z.array(expression)]))
      .default({})
      .describe('Values computed for each case from its parameters; a list makes a vector.'),
    shared: z
      .record(z.string(), z.unknown())
      .default({})
      .describe(
        'Data that every process gets once: a literal, {values: [numbers]} for an array of float64, or {csv: FILE} for its columns: such arrays, and lists of texts.',
      ),
    statistics: z
      .array(
        z
          .string()
          .regex(
            /^(mean|median|min|max|std|p(100|\d{1,2})(\.\d+)?)$/,
            'mean, median, min, max, std or a percentile like p10',
          ),
      )
      .default([])
      .describe('Statistics of each output over all cases: mean, median, min, max, std, p10, p90 …'),
    cost: z
      .union([
        expression.describe('Formula of the cost of a case, in any unit.'),
        z.strictObject({
          features: z
            .array(expression)
            .min(1)
            .max(16)
            .describe(
              'Formulas of positive numbers that the cost depends on; how it does is learned during the run.',
            ),
        }),
      ])
      .optional()
      .describe(
        'How costly a case is beside others, for the strategies adaptive and lpt: dear ones are computed first.',
      ),
    schedule: z
      .strictObject({
        strategy: z
          .enum(strategies)
          .default('adaptive')
          .describe('How cases are handed out; adaptive suits nearly all.'),
        chunk: z
          .union([z.literal('auto'), z.int().min(1)])
          .default('auto')
          .describe('Cases handed out at once; auto finds it from how long cases take.'),
      })
      .prefault({})
      .describe('How cases are handed out.'),
    execution,
    tasks,
    slurm: slurmSection,
    output: z
      .array(z.enum(['csv', 'jsonl', 'parquet', 'arrow']))
      .default(['parquet'])
      .describe('Formats that the results are exported to at the end of the run.'),
  })
  .describe('A study for shoal: what to compute, over which cases.');

/** A study as read: defaults filled, but files and names not yet looked up. */
export type StudyDocument = z.output<typeof studySchema>;

export type ParameterInput = StudyDocument['parameters'][string];

/** The JSON Schema that editors check study files with. */
export function studyJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(studySchema, { io: 'input', target: 'draft-2020-12' });
}
