import { expect, test } from 'vitest';
import { directives, slurmTime } from '../../../src/launch/slurm/directives.js';
import { fillTemplate } from '../../../src/launch/slurm/template.js';
import { exports, staggerSeconds } from '../../../src/launch/slurm/text.js';

test('a paragraph without its value is left out, with its comment; one whose value may be empty stays', () => {
  const template = '# always\n\n# one\n{{one}}\n\n# two\nx {{two?}}y\n';
  expect(fillTemplate(template, { one: '', two: '' }, 'job.sh')).toBe('# always\n\n# two\nx y\n');
  expect(fillTemplate(template, { one: 'a\n\nb', two: 'z ' }, 'job.sh')).toBe(
    '# always\n\n# one\na\n\nb\n\n# two\nx z y\n',
  );
});

test('a name that is no value is refused, with the nearest', () => {
  expect(() => fillTemplate('{{direktives}}', { directives: '' }, 'job.sh')).toThrow(
    expect.objectContaining({
      message: 'the template has no value {{direktives}}',
      facts: { file: 'job.sh', hint: "Did you mean 'directives'?" },
    }),
  );
});

test.each([
  [1, '00:00:01'],
  [90 * 60_000, '01:30:00'],
  [36 * 3_600_000, '1-12:00:00'],
])('%i ms are %s to Slurm', (ms, text) => {
  expect(slurmTime(ms)).toBe(text);
});

test('memory is in whole mebibytes, 0 all of a node', () => {
  expect(directives({ mem: 0, memPerCpu: 4e9 })).toEqual(['#SBATCH --mem=0', '#SBATCH --mem-per-cpu=3815M']);
});

test('a variable is for bash to fill in where its value has a $, and a word as it is elsewhere', () => {
  expect(exports({ A: 1, B: 'a b', C: '$HOME/x "y" `z`' })).toEqual([
    'export A=1',
    "export B='a b'",
    'export C="$HOME/x \\"y\\" \\`z\\`"',
  ]);
});

test.each([
  [undefined, ''],
  [0, ''],
  ['1500 ms', '2'],
  ['2 min', '120'],
])('a stagger of %j is %j seconds', (value, text) => {
  expect(staggerSeconds(value)).toBe(text);
});

test('a stagger that is no time is refused', () => {
  expect(() => staggerSeconds('soon')).toThrow('stagger cannot be used');
});
