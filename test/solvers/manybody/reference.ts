/** Stored results of calculations and what is expected of them; see reference/README.md. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface ReferenceSet {
  /** By label, as users give them to `manybody assemble`. */
  readonly components: Readonly<Record<string, Record<string, unknown>>>;
  /** By the names of Psi4's variables. */
  readonly expected: Readonly<Record<string, number | number[][]>>;
}

export function referenceSet(name: string): ReferenceSet {
  return JSON.parse(gunzipSync(read(`${name}.json.gz`)).toString('utf8')) as ReferenceSet;
}

export function storedComponents(name: string): ReferenceSet['components'] {
  return JSON.parse(read(`${name}.json`).toString('utf8')) as ReferenceSet['components'];
}

function read(name: string): Buffer {
  return readFileSync(new URL(`reference/${name}`, import.meta.url));
}

export const waterTrimer = {
  symbols: ['O', 'H', 'H', 'O', 'H', 'H', 'O', 'H', 'H'],
  // bohr
  geometry: [
    -2.76373224, -1.24377706, -0.15444566, -1.12357791, -2.0622797, -0.05243799, -3.80792362, -2.08705525,
    1.060904, 2.46924614, -1.75437739, -0.17092884, 3.7636826, -2.21425403, 1.00846104, 2.3059833, 0.07098445,
    -0.03942473, 0.2912793, 3.00875625, 0.20308515, -1.21253048, 1.958209, 0.10303324, 0.10002049, 4.24958115,
    -1.10222079,
  ],
  fragments: [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ],
};

const side = 2 / 0.52917721067;
export const heliumSquare = {
  symbols: ['He', 'He', 'He', 'He'],
  geometry: [0, 0, 0, 0, 0, side, 0, side, 0, 0, side, side],
  fragments: [[0], [1], [2], [3]],
};

/** F-, HF, H2 and He. */
export const ionTetramer = {
  symbols: ['F', 'H', 'F', 'H', 'H', 'He'],
  geometry: [-2, 0, 0, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 3, 2, 0, -3, 0],
  fragments: [[0], [1, 2], [3, 4], [5]],
  fragment_charges: [-1, 0, 0, 0],
};

interface Document {
  readonly molecule: object;
  readonly driver: string;
  readonly keywords: object;
  readonly names?: readonly string[];
}

/** A ManyBodyInput of QCSchema. */
export function qcschema(
  { molecule, driver, keywords, names = ['(auto)'] }: Document,
  version: 1 | 2 = 2,
): object {
  const atomic = {
    program: 'psi4',
    driver: 'energy',
    model: { method: 'hf', basis: 'sto-3g' },
    keywords: {},
  };
  return {
    schema_name: version === 2 ? 'qcschema_many_body_input' : 'qcschema_manybodyinput',
    schema_version: version,
    molecule,
    specification: {
      driver,
      keywords,
      specification: Object.fromEntries(names.map((name) => [name, atomic])),
    },
  };
}
