/** A user's own program: its input from templates, its numbers by rules. `program: template`, the rest are keywords. */
import { z } from 'zod';
import { findWords, type OutputRule, outputRuleSchema } from '../../../study/templates/output-rule.js';
import { renderTemplate } from '../../../study/templates/render.js';
import { bohrInAngstrom } from '../elements.js';
import type { CalculationSpec } from '../task.js';
import { atomsOf, coordinates, numberText } from './atoms.js';
import { lastWords, ProgramFailure, unsupported } from './failure.js';
import { checkedResult, numberOf, numbersOf } from './numbers.js';
import type { Allotment, Calculation, Program, Remains } from './program.js';

const name = 'template';

const keywordsSchema = z.strictObject({
  command: z.array(z.string().min(1)).min(1),
  files: z.record(z.string().regex(/^[\w.-]+$/), z.string()),
  /** How an atom is written in `{atoms}`, and a ghost; without the latter there are no ghosts. */
  atom: z.string().default('{symbol} {x} {y} {z}'),
  ghost: z.string().optional(),
  point_charge: z.string().optional(),
  unit: z.enum(['bohr', 'angstrom']),
  energy: outputRuleSchema,
  gradient: outputRuleSchema.optional(),
  hessian: outputRuleSchema.optional(),
  /** A text that a complete output has in its end. */
  complete: z.string().optional(),
  version: outputRuleSchema.optional(),
});
type Keywords = z.output<typeof keywordsSchema>;

export const template: Program = {
  name,
  prepare(calculation, allotment) {
    const keywords = keywordsOf(calculation.spec);
    const { driver } = calculation;
    if (driver !== 'energy' && !keywords[driver]) {
      throw unsupported(name, `a ${driver}`, `give the rule \`${driver}\` among its keywords`);
    }
    const values = valuesOf(calculation, keywords, allotment);
    const files = Object.fromEntries(
      Object.entries(keywords.files).map(([file, text]) => [file, rendered(text, values)]),
    );
    return {
      argv: keywords.command.map((word) => rendered(word, values)),
      ...{ files, input: Object.keys(files)[0] ?? '' },
      variables: { OMP_NUM_THREADS: String(allotment.threads) },
    };
  },
  parse({ spec, driver, molecule }, remains) {
    const keywords = keywordsOf(spec);
    const { stdout, stderr, exitCode } = remains;
    if (exitCode !== 0) throw new ProgramFailure('ProgramError', lastWords(stderr, stdout));
    if (keywords.complete !== undefined && !stdout.includes(keywords.complete)) {
      throw new ProgramFailure('OutputIncomplete', `the output has no '${keywords.complete}'`);
    }
    const atoms = molecule.symbols.length;
    const [energy = '', ...more] = wordsBy(keywords.energy, 'energy', remains);
    if (more.length > 0)
      throw new ProgramFailure('OutputIncomplete', 'the rule of the energy finds more than one word');
    const values = (rule: OutputRule, what: 'gradient' | 'hessian', count: number): Float64Array =>
      numbersOf(wordsBy(rule, what, remains), count, `the ${what}`).map((value) => value * rule.factor);
    const { gradient, hessian } = keywords;
    const result = {
      energy: numberOf(energy, 'the energy') * keywords.energy.factor,
      ...(driver === 'gradient' && gradient && { gradient: values(gradient, 'gradient', 3 * atoms) }),
      ...(driver === 'hessian' && hessian && { hessian: values(hessian, 'hessian', 9 * atoms * atoms) }),
    };
    const version = keywords.version ? wordsBy(keywords.version, 'version', remains).join(' ') : '';
    return { version, result: checkedResult(result, driver, molecule) };
  },
};

function keywordsOf({ keywords }: CalculationSpec): Keywords {
  const checked = keywordsSchema.safeParse(keywords);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new ProgramFailure(
    'Unsupported',
    `keywords of a template: ${issue?.path.join('.') || 'all'}: ${issue?.message}`,
  );
}

function valuesOf(
  { molecule, spec, driver }: Calculation,
  { atom, ghost, point_charge: pointCharge, unit }: Keywords,
  { threads, memoryBytes }: Allotment,
): Record<string, string> {
  const unitInBohr = unit === 'bohr' ? 1 : 1 / bohrInAngstrom;
  const place = (position: readonly number[]) => {
    const [x, y, z] = coordinates(position, unitInBohr).split(' ') as [string, string, string];
    return { x, y, z };
  };
  if (molecule.isGhost.includes(true) && ghost === undefined) {
    throw unsupported(name, 'ghost atoms', 'say how they are written with the keyword `ghost`');
  }
  if (molecule.pointCharges.length > 0 && pointCharge === undefined) {
    throw unsupported(name, 'point charges', 'say how they are written with the keyword `point_charge`');
  }
  const atoms = atomsOf(molecule).map(({ symbol, isGhost, position }) =>
    rendered((isGhost ? ghost : atom) as string, { symbol, ...place(position) }),
  );
  const charges = molecule.pointCharges.map(({ charge, position }) =>
    rendered(pointCharge as string, { charge: numberText(charge), ...place(position) }),
  );
  return {
    ...{ atoms: atoms.join('\n'), point_charges: charges.join('\n'), atom_count: String(atoms.length) },
    ...{ charge: String(molecule.charge), multiplicity: String(molecule.multiplicity) },
    ...{ unpaired: String(molecule.multiplicity - 1), method: spec.method, basis: spec.basis ?? '' },
    ...{ driver, threads: String(threads), memory_mb: String(Math.round(memoryBytes / 2 ** 20)) },
  };
}

function rendered(text: string, values: Readonly<Record<string, string>>): string {
  try {
    return renderTemplate(text, values);
  } catch (error) {
    throw new ProgramFailure('Unsupported', (error as Error).message);
  }
}

function wordsBy(rule: OutputRule, what: string, { stdout, file }: Remains): string[] {
  const text = rule.file === undefined ? stdout : file(rule.file)?.toString();
  const words = text === undefined ? undefined : findWords(text, rule);
  if (words && words.length > 0) return words;
  throw new ProgramFailure('OutputIncomplete', `the rule \`${what}\` finds nothing in the output`);
}
