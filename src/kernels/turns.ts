/** Several kernels as one: each attempt at a case is computed by the one whose turn it is. */
import type { ColumnSpec, Columns } from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import { digest } from '../study/fingerprint.js';
import { inTurn } from '../study/turns.js';
import { commandColumns } from './command/kernel.js';
import type { KernelForm, ReadyKernel } from './kernel.js';
import { clearOutputs } from './run-batch.js';

/**
 * `members` in the order of attempts, at least two; `names` are those that users know. Throws InputError unless all
 * have the same outputs. What commands have besides (exit code, CPU time, what they printed) is empty, the exit code
 * 0, where another kernel computes.
 */
export function kernelInTurns(members: readonly ReadyKernel[], names: readonly string[]): ReadyKernel {
  const outputs = commonOutputs(members, names);
  const runners = members.map((member) => runnerOf(member, outputs));
  const [first] = members as [ReadyKernel];
  return {
    name: members.map(({ name }) => name).join(', '),
    version: members.map(({ version }) => version).join(', '),
    form: formOf(members.map(({ form }) => form)),
    sourceHash: digest(
      members.map(({ name, version, form, sourceHash }) => ({ name, version, form, sourceHash })),
    ),
    inputs: distinct(members.flatMap(({ inputs }) => inputs)),
    outputs,
    // Nothing is known of how long the next kernel takes: what others need must not wait for several of its cases.
    mostCasesOf: (attempt) => (attempt === 1 ? (first.mostCases ?? Number.POSITIVE_INFINITY) : 1),
    runBatch: (count, columns, out, context) =>
      inTurn(runners, context.attempt)(count, columns, out, context),
    close: () => {
      for (const member of members) member.close?.();
    },
  };
}

/** The members' own forms follow from the study, so that a run needs to keep no more than this. */
export function formOf(forms: readonly KernelForm[]): KernelForm {
  const [first = 'mixed', ...others] = forms;
  return others.every((form) => form === first) ? first : 'mixed';
}

/** The layout of the results: the outputs of a command where there is one, since it has the most. */
function commonOutputs(members: readonly ReadyKernel[], names: readonly string[]): readonly ColumnSpec[] {
  const at = Math.max(
    0,
    members.findIndex(({ form }) => form === 'command'),
  );
  const { form, outputs } = members[at] as ReadyKernel;
  members.forEach((member, i) => {
    const lacking = outputs.find((spec) => {
      const own = member.outputs.find(({ name }) => name === spec.name);
      if (own) return layoutText(own) !== layoutText(spec);
      return form !== 'command' || !isOfCommands(spec);
    });
    const further = member.outputs.find((spec) => !outputs.some(({ name }) => name === spec.name));
    if (!lacking && !further) return;
    throw new InputError(
      `kernels in turn must have the same outputs, ${names[at]} and ${names[i]} have not`,
      {
        field: `kernel[${i}]`,
        expected: `${listed(outputs)}, as ${names[at]} has`,
        given: listed(member.outputs),
      },
    );
  });
  return outputs;
}

function isOfCommands({ name }: ColumnSpec): boolean {
  return commandColumns.some((column) => column.name === name);
}

function runnerOf(member: ReadyKernel, outputs: readonly ColumnSpec[]): ReadyKernel['runBatch'] {
  const lacking = outputs.filter(({ name }) => !member.outputs.some((own) => own.name === name));
  if (lacking.length === 0) return member.runBatch;
  return (count, columns, out: Columns, context) => {
    for (let i = 0; i < count; i++) clearOutputs(lacking, out, i);
    return member.runBatch(count, columns, out, context);
  };
}

function listed(outputs: readonly ColumnSpec[]): string {
  const own = outputs.filter((spec) => !isOfCommands(spec));
  return own.length > 0 ? own.map(layoutText).join(', ') : 'none';
}

function layoutText({ name, dtype, shape, table }: ColumnSpec): string {
  const extents = shape.length > 0 ? `[${shape.join(', ')}]` : '';
  return `${name}: ${dtype}${extents}${table === undefined ? '' : ' (how it was computed)'}`;
}

function distinct(specs: readonly ColumnSpec[]): ColumnSpec[] {
  return specs.filter((spec, i) => specs.findIndex(({ name }) => name === spec.name) === i);
}
