/** Chemical elements: their numbers, and how near to each other bonded atoms are. */

const symbols =
  'H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb ' +
  'Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu ' +
  'Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db ' +
  'Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og';

/** Covalent radii in pm, from hydrogen to curium (Cordero et al. 2008, doi:10.1039/b801115j); carbon sp3, low spin metals. */
const radiiPm = [
  31, 28, 128, 96, 84, 76, 71, 66, 57, 58, 166, 141, 121, 111, 107, 105, 102, 106, 203, 176, 170, 160, 153,
  139, 139, 132, 126, 124, 132, 122, 122, 120, 119, 120, 120, 116, 220, 195, 190, 175, 164, 154, 147, 146,
  142, 139, 145, 144, 142, 139, 139, 138, 139, 140, 244, 215, 207, 204, 203, 201, 199, 198, 198, 196, 194,
  192, 192, 189, 190, 187, 187, 175, 170, 162, 151, 144, 141, 136, 136, 132, 145, 146, 148, 140, 150, 150,
  260, 221, 215, 206, 200, 196, 190, 187, 180, 169,
];

const numbers = new Map(symbols.split(' ').map((symbol, i) => [symbol, i + 1]));

/** Undefined for what is no element. Symbols as QCSchema writes them: `He`. */
export function atomicNumber(symbol: string): number | undefined {
  return numbers.get(symbol);
}

/** `HE` and `he` as `He`; undefined for what is no element. */
export function elementSymbol(text: string): string | undefined {
  const symbol = text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
  return numbers.has(symbol) ? symbol : undefined;
}

/** In bohr; that of the heaviest element known where none is tabled. */
export function covalentRadius(symbol: string): number {
  const pm = radiiPm[atomicNumber(symbol)! - 1] ?? radiiPm.at(-1)!;
  return pm / (100 * bohrInAngstrom);
}

/** CODATA 2014, as QCElemental and Psi4 convert. */
export const bohrInAngstrom = 0.52917721067;
