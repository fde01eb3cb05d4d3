/** The key `kernel` of study files: a module, a C function, or a program. */
import { z } from 'zod';

const column = z.strictObject({
  name: z.string().min(1).describe('Name of the column.'),
  dtype: z
    .enum(['float64', 'float32', 'int32', 'int64', 'bool'])
    .default('float64')
    .describe('Type of its numbers.'),
  shape: z.array(z.int().min(1)).default([]).describe('Shape of one value; [] is a single number.'),
  unit: z.string().optional().describe('SI unit, as text.'),
});

const commandOutput = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'letters, digits and _, a letter first')
    .describe('Name of the column.'),
  dtype: z
    .enum(['float64', 'float32', 'int32', 'int64', 'bool', 'string'])
    .default('float64')
    .describe('Type of its numbers, or string for a text.'),
  shape: z.array(z.int().min(1)).default([]).describe('Shape of one value; [] is a single number.'),
  unit: z.string().optional().describe('SI unit, as text.'),
  regex: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Regular expression of JavaScript, ^ and $ at every line: the groups of its last match are the value, or all of it.',
    ),
  json: z
    .string()
    .min(1)
    .optional()
    .describe('Path to the value in output that is JSON, or whose last line is: energy, result.forces[0].'),
  from: z
    .enum(['stdout', 'stderr'])
    .default('stdout')
    .describe(
      'Where the value is printed. Without regex and json, outputs are the numbers of the last line, in their order.',
    ),
});

const command = z.strictObject({
  command: z
    .union([
      z.string().min(1).describe('A command line.'),
      z
        .array(z.union([z.string(), z.number()]))
        .min(1)
        .describe('A program and its arguments.'),
    ])
    .describe(
      'Program and arguments, ssh://[user@]host/ before it for a program of another host, with {parameter} where the value of a parameter goes, and {case} for the number of the case. Its exit code is the column exit_code.',
    ),
  shell: z
    .boolean()
    .default(false)
    .describe('Whether the command is text for /bin/sh; values are put in quoted.'),
  stdin: z
    .string()
    .optional()
    .describe('Text that the program reads, with {parameter}; `json` for all parameters as one JSON object.'),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'a name for a variable'), z.union([z.string(), z.number()]))
    .default({})
    .describe('Environment variables, with {parameter}.'),
  cwd: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder in which it runs, that of the study file by default (on another host: the home folder there); `scratch` for a new empty one for each case.',
    ),
  outputs: z.array(commandOutput).default([]).describe('Values to find in what the program prints.'),
  ok_exit_codes: z
    .array(z.int().min(0).max(255))
    .min(1)
    .default([0])
    .describe('Exit codes of a case that has completed; any other fails it.'),
  launcher_environment: z
    .enum(['drop', 'keep'])
    .default('drop')
    .describe(
      "Whether the program sees the variables by which mpirun or srun makes a process a rank; an MPI program does not start with another rank's.",
    ),
});

/** What computes a case. */
const oneKernel = z.union([
  command,
  z
    .string()
    .min(1)
    .describe('Path of a TypeScript or JavaScript kernel module, or ssh://[user@]host/ with a command.'),
  z.strictObject({
    library: z.string().min(1).describe('Path of a C source (.c) or a shared library (.so, .dylib).'),
    symbol: z
      .string()
      .regex(/^[A-Za-z_]\w*$/)
      .describe('Name of the C function.'),
    inputs: z.array(column).describe('Columns that the function reads, in its order.'),
    outputs: z.array(column).min(1).describe('Columns that the function writes, in its order.'),
  }),
]);

/** `kernel` in a study file. */
export const kernel = z.union([
  ...oneKernel.options,
  z
    .array(oneKernel)
    .min(1)
    .describe(
      'Kernels with the same outputs: the first computes each case, and where it fails, the next one the next attempt; the last one stays.',
    ),
]);
