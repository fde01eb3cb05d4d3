/** Our tables and prototypes against each installed mpi.h: a C program prints what the header says. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Abi } from '../../src/mpi/abi/abi.js';
import { mpi5 } from '../../src/mpi/abi/mpi5.js';
import { mpich } from '../../src/mpi/abi/mpich.js';
import { openmpi } from '../../src/mpi/abi/openmpi.js';
import { declaredPrototypes } from '../../src/mpi/functions.js';
import '../../src/mpi/index.js';
import { runnableOpenMpi5, runnables } from './families.js';

const tables = { 'Open MPI': openmpi, 'Open MPI 5': openmpi, MPICH: mpich } as const;

/** Open MPI declares extensions of the standard in a header of their own. */
const headers = '#include <mpi.h>\n#if __has_include(<mpi-ext.h>)\n#include <mpi-ext.h>\n#endif\n';

/** A C expression for each fact, and what our table says it must print. */
function facts(abi: Abi): readonly { name: string; expression: string; expected: string }[] {
  const list: { name: string; expression: string; expected: string }[] = [];
  for (const [name, entry] of Object.entries(abi.handles)) {
    // A handle's symbol is compared by address, which differs from run to run; the C program prints 1 when equal.
    if (typeof entry === 'string') {
      list.push({
        name,
        expression: `(void *)${name} == dlsym(RTLD_DEFAULT, "${entry}")`,
        expected: '1',
      });
    } else {
      list.push({
        name,
        expression: `(long long)(intptr_t)${name}`,
        expected: String(signed(abi, name, entry)),
      });
    }
  }
  for (const [name, entry] of Object.entries(abi.pointers)) {
    if (typeof entry === 'string') {
      list.push({
        name,
        expression: `(void *)${name} == *(void **)dlsym(RTLD_DEFAULT, "${entry}")`,
        expected: '1',
      });
    } else {
      list.push({ name, expression: `(long long)(intptr_t)${name}`, expected: String(entry) });
    }
  }
  for (const [name, value] of Object.entries({ ...abi.integers, ...faultTolerance(abi) })) {
    list.push({ name, expression: `(long long)${name}`, expected: String(value) });
  }
  const { status } = abi;
  list.push(
    { name: 'size of MPI_Status', expression: 'sizeof(MPI_Status)', expected: String(status.bytes) },
    { name: 'MPI_SOURCE', expression: 'offsetof(MPI_Status, MPI_SOURCE)', expected: String(status.source) },
    { name: 'MPI_TAG', expression: 'offsetof(MPI_Status, MPI_TAG)', expected: String(status.tag) },
    { name: 'MPI_ERROR', expression: 'offsetof(MPI_Status, MPI_ERROR)', expected: String(status.error) },
    { name: 'size of MPI_Aint', expression: 'sizeof(MPI_Aint)', expected: '8' },
    { name: 'size of MPI_Count', expression: 'sizeof(MPI_Count)', expected: '8' },
    { name: 'size of MPI_Offset', expression: 'sizeof(MPI_Offset)', expected: '8' },
    { name: 'size of MPI_File', expression: 'sizeof(MPI_File)', expected: '8' },
  );
  const handleBytes = abi.handle === 'int' ? '4' : '8';
  for (const type of ['Comm', 'Datatype', 'Op', 'Group', 'Win', 'Info', 'Request', 'Message', 'Errhandler']) {
    list.push({ name: `size of MPI_${type}`, expression: `sizeof(MPI_${type})`, expected: handleBytes });
  }
  return list;
}

/** Extensions of the standard, which a header may lack. */
function faultTolerance(abi: Abi): Readonly<Record<string, number>> {
  const { errors = {}, attribute } = abi.faultTolerance ?? {};
  return { ...errors, ...(attribute === undefined ? {} : { MPIX_FT: attribute }) };
}

/** MPICH's handles are ints: a value past 2^31 is negative there. */
function signed(abi: Abi, name: string, value: number): number {
  return abi.handle === 'int' && name !== 'MPI_FILE_NULL' ? value | 0 : value;
}

/** Compiles and runs a program that prints every fact asked for. */
function ask(compiler: string, asked: readonly { name: string; expression: string }[]): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-abi-'));
  try {
    const source = join(folder, 'facts.c');
    const program = join(folder, 'facts');
    writeFileSync(source, text(asked));
    const flags = ['-w', '-D_GNU_SOURCE', '-o', program, source, '-ldl'];
    const built = spawnSync(compiler, flags, { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stderr);
    const ran = spawnSync(program, { encoding: 'utf8' });
    return new Map(
      ran.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t') as [string, string]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function text(asked: readonly { name: string; expression: string }[]): string {
  const lines = asked.map(
    ({ name, expression }) => `  printf("%s\\t%lld\\n", "${name}", (long long)(${expression}));`,
  );
  return [
    `#include <dlfcn.h>\n${headers}#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>`,
    // A declaration that differs from the header's does not compile.
    ...[...declaredPrototypes.values()].map((prototype) => `${prototype};`),
    'int main(void) {',
    ...lines,
    '  return 0;\n}\n',
  ].join('\n');
}

/** Names of later releases that this header has already. */
function knownNames(compiler: string, names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.filter((name) => {
      const probe = `${headers}long long probe(void) { return (long long)(${name}); }\n`;
      const flags = ['-w', '-x', 'c', '-fsyntax-only', '-'];
      return spawnSync(compiler, flags, { input: probe }).status === 0;
    }),
  );
}

for (const runnable of [...runnables, runnableOpenMpi5()]) {
  const abi = tables[runnable.name];
  describe.skipIf(!runnable.compiler)(`the mpi.h of ${runnable.name}`, () => {
    it('agrees with every constant, handle, size, offset and prototype of ours', () => {
      const later = [...abi.later, ...Object.keys(faultTolerance(abi))];
      const known = knownNames(runnable.compiler!, later);
      const asked = facts(abi).filter(({ name }) => !later.includes(name) || known.has(name));
      const answers = ask(runnable.compiler!, asked);
      const expected = new Map(asked.map(({ name, expected: value }) => [name, value]));
      expect(answers).toEqual(expected);
      expect(asked.length).toBeGreaterThan(250);
      expect(declaredPrototypes.size).toBeGreaterThan(50);
    });
  });
}

describe('the tables', () => {
  it.each([openmpi, mpich] as const)(
    'of $family have the names of the standard ABI, no more, no fewer',
    (abi) => {
      for (const part of ['handles', 'pointers', 'integers'] as const) {
        expect(Object.keys(abi[part]).sort()).toEqual(Object.keys(mpi5[part]).sort());
      }
    },
  );

  it.each([openmpi, mpich, mpi5] as const)(
    'of $family give each error class a number of its own',
    (abi: { readonly integers: Readonly<Record<string, number>> }) => {
      const classes = Object.entries(abi.integers).filter(([name]) => name.startsWith('MPI_ERR_'));
      expect(new Set(classes.map(([, value]) => value)).size).toBe(classes.length);
    },
  );
});
