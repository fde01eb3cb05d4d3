/** The section `molecule` of the friendly form. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../errors/input-error.js';
import type { StudyFile } from '../../../study/document/places.js';
import { atField, problem } from '../../../study/document/problem.js';
import { readText } from '../../../study/document/read.js';
import { type AtomLines, readAtoms } from './atoms.js';
import { fragmentsByBonds } from './connectivity.js';
import type { DraftMolecule } from './draft.js';
import { inBohr, unitsSchema } from './extras.js';

const atomRange = z.union([
  z.int().min(1),
  z.string().regex(/^\d+-\d+$/, 'an atom, or a range of atoms as in 1-3'),
]);

export const moleculeSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .optional()
    .describe('An xyz file; relative paths start from the folder of this file.'),
  geometry: z
    .string()
    .min(1)
    .optional()
    .describe('Lines of a symbol and three coordinates; `--` between fragments.'),
  units: unitsSchema.describe('Of the coordinates: angstrom or bohr. There is no default.'),
  fragments: z
    .union([
      z.literal('auto'),
      z.array(z.union([atomRange.transform((one) => [one]), z.array(atomRange).min(1)])),
    ])
    .optional()
    .describe('Atoms of each fragment, counted from 1, or auto: those that bonds connect.'),
  charges: z.array(z.int()).optional().describe('Of each fragment.'),
  multiplicities: z.array(z.int().min(1)).optional().describe('Of each fragment.'),
  multiplicity: z
    .int()
    .min(1)
    .optional()
    .describe('Of all fragments together, where spins are not parallel.'),
});

export interface ReadMolecule {
  readonly draft: DraftMolecule;
  readonly massNumbers: readonly number[];
}

export async function readMolecule(
  file: StudyFile,
  section: z.output<typeof moleculeSchema>,
): Promise<ReadMolecule> {
  const atoms = await atomsOf(file, section);
  const geometry = atoms.places.map((value) => inBohr(value, section.units));
  const fragments = fragmentsOf(file, section, atoms, geometry);
  const spins = atoms.parts ? spinsOf(file, section, atoms, fragments.length) : {};
  return {
    draft: {
      ...{ symbols: atoms.symbols, geometry, isGhost: atoms.isGhost, fragments },
      ...(section.charges && { charges: section.charges }),
      ...(section.multiplicities && { multiplicities: section.multiplicities }),
      ...(section.multiplicity !== undefined && { multiplicity: section.multiplicity }),
      ...spins,
    },
    massNumbers: atoms.massNumbers,
  };
}

async function atomsOf(
  file: StudyFile,
  { file: xyz, geometry }: z.output<typeof moleculeSchema>,
): Promise<AtomLines> {
  if ((xyz === undefined) === (geometry === undefined)) {
    throw problem(file, ['molecule'], 'The atoms come from one place', {
      expected: 'either file or geometry',
      given: xyz === undefined ? 'neither' : 'both',
    });
  }
  if (geometry !== undefined) {
    const atoms = readAtoms(geometry.split('\n'));
    if ('symbols' in atoms) return someAtoms(file, ['molecule', 'geometry'], atoms);
    throw problem(file, ['molecule', 'geometry'], `line ${atoms.line + 1} of the geometry: ${atoms.message}`);
  }
  const text = await readText(resolve(dirname(file.path), xyz!), xyz!).catch((error: unknown) => {
    throw atField(file, ['molecule', 'file'], error);
  });
  return someAtoms(file, ['molecule', 'file'], readXyz(text, xyz!));
}

function someAtoms(file: StudyFile, at: readonly string[], atoms: AtomLines): AtomLines {
  if (atoms.symbols.length > 0) return atoms;
  throw problem(file, at, 'No atoms');
}

/** The first line counts the atoms, the second is a comment. */
function readXyz(text: string, shown: string): AtomLines {
  const lines = text.split(/\r?\n/);
  const count = /^\s*(\d+)\s*$/.exec(lines[0]!)?.[1];
  if (count === undefined) {
    throw new InputError('Not an xyz file', {
      ...{ file: shown, line: 1 },
      expected: 'the number of atoms',
      given: `'${lines[0]!.slice(0, 40)}'`,
    });
  }
  const atoms = readAtoms(lines.slice(0, 2 + Number(count)), 2);
  if (!('symbols' in atoms)) throw new InputError(atoms.message, { file: shown, line: atoms.line + 1 });
  const rest = lines.findIndex((line, i) => i >= 2 + Number(count) && line.trim() !== '');
  if (atoms.symbols.length !== Number(count) || rest !== -1) {
    throw new InputError('The number of atoms is not that of the first line', {
      ...{ file: shown, line: rest === -1 ? lines.length : rest + 1 },
      expected: `${count} atoms`,
      given: rest === -1 ? String(atoms.symbols.length) : 'more lines',
      ...(rest !== -1 && { hint: 'A file of several frames is not read; cut one out' }),
    });
  }
  return atoms;
}

function fragmentsOf(
  file: StudyFile,
  { fragments }: z.output<typeof moleculeSchema>,
  { symbols, parts }: AtomLines,
  geometry: readonly number[],
): readonly (readonly number[])[] {
  if (parts) {
    if (fragments === undefined) return parts;
    throw problem(
      file,
      ['molecule', 'fragments'],
      'The lines -- of the geometry say which fragments there are',
    );
  }
  if (fragments === undefined || fragments === 'auto') return fragmentsByBonds(symbols, geometry);
  return fragments.map((ranges) => ranges.flatMap(atomsInRange));
}

function atomsInRange(range: number | string): number[] {
  if (typeof range === 'number') return [range - 1];
  const [first, last] = range.split('-').map(Number) as [number, number];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first - 1 + i);
}

/** Charge and multiplicity of parts that have them at their head; 0 and the lowest for the others. */
function spinsOf(
  file: StudyFile,
  section: z.output<typeof moleculeSchema>,
  { spins }: AtomLines,
  count: number,
): Pick<DraftMolecule, 'charges' | 'multiplicities'> {
  if (spins.size === 0) return {};
  const given = (['charges', 'multiplicities'] as const).find((key) => section[key] !== undefined);
  if (given) {
    throw problem(file, ['molecule', given], 'The fragments of the geometry say their charges themselves');
  }
  if (spins.size < count) {
    throw problem(file, ['molecule', 'geometry'], 'Some fragments have a line of charge and multiplicity', {
      expected: 'one for each fragment, or for none',
      given: `${spins.size} of ${count}`,
    });
  }
  const all = Array.from({ length: count }, (_, i) => spins.get(i)!);
  return {
    charges: all.map(([charge]) => charge),
    multiplicities: all.map(([, multiplicity]) => multiplicity),
  };
}
