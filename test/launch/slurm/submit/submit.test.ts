import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostError } from '../../../../src/errors/host-error.js';
import type { Host, HostOutcome } from '../../../../src/launch/remote/host.js';
import { separator } from '../../../../src/launch/slurm/jobs/lines.js';
import { outputPath } from '../../../../src/launch/slurm/submit/output-path.js';
import { scriptWithToken } from '../../../../src/launch/slurm/submit/script-with-token.js';
import { settled } from '../../../../src/launch/slurm/submit/settle.js';
import { StateFolder } from '../../../../src/launch/slurm/submit/state-folder.js';
import {
  newToken,
  parseSubmission,
  type Submission,
} from '../../../../src/launch/slurm/submit/submission.js';
import { submitOnce } from '../../../../src/launch/slurm/submit/submit.js';
import { thisProcess } from '../../../../src/process/identity.js';

const sources = { squeue: true, scontrol: true, sacct: false };

function submissionOf(facts: Partial<Submission> = {}): Submission {
  return {
    ...{
      schemaVersion: 1,
      token: newToken(),
      host: 'there',
      site: 'generic',
      name: 's',
      jobName: 's',
      cases: 1,
    },
    ...{
      runDir: '/r',
      script: '/r/jobs/x.sh',
      workDir: '/',
      output: '/r/jobs/%x-%j.out',
      program: ['shoal'],
    },
    ...{ created: new Date().toISOString(), by: thisProcess(), state: { kind: 'prepared' } },
    ...facts,
  };
}

type Answer = Partial<HostOutcome> | Error;

/** A cluster that answers as it is told; what sbatch takes is in its queue, when its answer is lost too. */
class FakeSlurm {
  readonly calls: string[] = [];
  readonly queue: string[] = [];
  readonly #answers: { readonly program: string; readonly answer: Answer; readonly isTaken: boolean }[] = [];

  next(program: string, answer: Answer, isTaken = false): this {
    this.#answers.push({ program, answer, isTaken });
    return this;
  }

  readonly host: Host = {
    name: 'there',
    isLocal: false,
    run: async (argv) => {
      const program = argv.find((word) => ['sbatch', 'squeue', 'scontrol'].includes(word)) ?? '';
      this.calls.push(program);
      const planned = this.#answers.findIndex((each) => each.program === program);
      const { answer, isTaken } = this.#answers[planned] ?? {
        answer: undefined,
        isTaken: program === 'sbatch',
      };
      if (planned >= 0) this.#answers.splice(planned, 1);
      if (isTaken) this.queue.push(argv.find((word) => word.startsWith('--comment='))?.slice(10) ?? '');
      if (answer instanceof Error) throw answer;
      const stdout = program === 'sbatch' ? `${6 + this.queue.length}\n` : this.queue.map(line).join('');
      return { code: 0, signal: undefined, stdout, stderr: '', isTimeout: false, ...answer };
    },
    readFile: async () => undefined,
    writeFile: async () => {},
    close: async () => {},
  };
}

function line(comment: string, i: number): string {
  const fields = [
    7 + i,
    'N/A',
    'PENDING',
    'Priority',
    '0:00',
    '1:00',
    1,
    '',
    'N/A',
    5,
    comment,
    '/',
    'p',
    'a',
    'q',
    '',
    's',
  ];
  return `${fields.join(separator)}\n`;
}

const refusedConnection = {
  code: 1,
  stderr: 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)',
};
const timedOut = {
  code: 1,
  stderr: 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation',
};

describe('a submission', () => {
  const submit = async (slurm: FakeSlurm, patienceMs = 10_000) => {
    const kept: Submission[] = [];
    const submission = submissionOf();
    const keep = async (one: Submission) => void kept.push(one);
    const request = {
      host: slurm.host,
      sources,
      submission,
      keep,
      onNotice: () => {},
      pauseMs: 1,
      patienceMs,
    };
    const end = await submitOnce(request).then(
      (jobId) => ({ jobId }),
      (error: Error) => ({ error: error.message }),
    );
    return {
      end,
      last: kept.at(-1)?.state,
      jobCount: slurm.queue.filter((token) => token === submission.token).length,
    };
  };

  test.each<[string, FakeSlurm, string[]]>([
    ['taken at once', new FakeSlurm(), ['sbatch']],
    ['turned away once', new FakeSlurm().next('sbatch', refusedConnection), ['sbatch', 'squeue', 'sbatch']],
    [
      'lost on the way there',
      new FakeSlurm().next('sbatch', timedOut),
      ['sbatch', 'squeue', 'squeue', 'sbatch'],
    ],
    ['lost on the way back', new FakeSlurm().next('sbatch', timedOut, true), ['sbatch', 'squeue']],
    [
      'cut off with its connection',
      new FakeSlurm().next('sbatch', new HostError('there', 'lost', 'lost'), true),
      ['sbatch', 'squeue'],
    ],
    [
      'killed with its sbatch',
      new FakeSlurm().next('sbatch', { code: undefined, signal: 'SIGKILL' }, true),
      ['sbatch', 'squeue'],
    ],
    [
      'out of time',
      new FakeSlurm().next('sbatch', { code: undefined, isTimeout: true }, true),
      ['sbatch', 'squeue'],
    ],
    [
      'followed by silence',
      new FakeSlurm()
        .next('sbatch', timedOut, true)
        .next('squeue', refusedConnection)
        .next('squeue', refusedConnection),
      ['sbatch', 'squeue', 'squeue', 'squeue'],
    ],
  ])('%s makes one job', async (_, slurm, calls) => {
    const { end, last, jobCount } = await submit(slurm);
    expect(end).toEqual({ jobId: '7' });
    expect(last).toMatchObject({ kind: 'submitted', jobId: '7' });
    expect(jobCount).toBe(1);
    expect(slurm.calls).toEqual(calls);
  });

  test('that Slurm refuses is refused once, and that is written down', async () => {
    const slurm = new FakeSlurm().next('sbatch', {
      code: 1,
      stderr: 'sbatch: error: Batch job submission failed: Invalid partition name specified',
    });
    const { end, last } = await submit(slurm);
    expect(end).toEqual({ error: 'sbatch refuses the job: there is no such partition' });
    expect(last?.kind).toBe('refused');
    expect(slurm.calls).toEqual(['sbatch']);
  });

  test('of which nothing is known when patience ends stays as it was written down', async () => {
    const slurm = new FakeSlurm().next('sbatch', timedOut);
    for (let i = 0; i < 50; i++) slurm.next('squeue', refusedConnection);
    const { end, last } = await submit(slurm, 20);
    expect(end).toEqual({ error: expect.stringMatching(/Whether the job was submitted is not known/) });
    expect(last).toBeUndefined();
  });

  test('whose maker is gone is settled by its token, and by nothing else', async () => {
    const gone = { ...thisProcess(), bootId: 'before' };
    const slurm = new FakeSlurm();
    const [found, lost, alive] = [submissionOf({ by: gone }), submissionOf({ by: gone }), submissionOf()];
    slurm.queue.push(found.token);
    const states = [];
    for (const each of [found, lost, alive]) states.push((await settled(slurm.host, sources, each)).state);
    expect(states).toMatchObject([
      { kind: 'submitted', jobId: '7' },
      { kind: 'not submitted' },
      { kind: 'prepared' },
    ]);
    slurm.next('squeue', refusedConnection);
    expect(await settled(slurm.host, sources, lost)).toBe(lost);
  });
});

describe('the state folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('gives back what was kept, newest first, and passes over what it cannot read', () => {
    const state = new StateFolder({ XDG_STATE_HOME: folder });
    expect(state.submissions()).toEqual([]);
    const [older, newer] = [
      submissionOf({ created: '2026-01-01T00:00:00Z' }),
      submissionOf({ created: '2026-01-02T00:00:00Z' }),
    ];
    for (const each of [newer, older]) state.keep(each);
    for (const text of ['', '{', 'null', '{"schemaVersion": 2}']) {
      writeFileSync(join(folder, 'shoal', 'jobs', `${text.length}.json`), text);
      expect(parseSubmission(text)).toBeUndefined();
    }
    expect(state.submissions()).toEqual([newer, older]);
    expect(readFileSync(join(folder, 'shoal', 'jobs', `${newer.token}.json`), 'utf8')).toContain(
      '"prepared"',
    );
  });

  test('remembers what each host has', () => {
    const state = new StateFolder({ XDG_STATE_HOME: folder });
    state.write('user@a/b', sources);
    expect(state.read('user@a/b')).toEqual(sources);
    expect(state.read('user@a')).toBeUndefined();
  });
});

test.each([
  ['/r/%x-%j.out', {}, '/r/s-12.out'],
  ['%A_%a.out', { task: 3 }, '12_3.out'],
  ['%4a-%6j%%', { task: 3 }, '0003-000012%'],
  ['%N.out', {}, undefined],
])('the output %s with %j is %s', (pattern, facts, path) => {
  expect(outputPath(pattern, { jobId: '12', jobName: 's', ...facts })).toBe(path);
});

test('a script names its token behind all other directives, so that the next links of a chain carry it', () => {
  const script = '#!/bin/bash\n#SBATCH --nodes=1\n#SBATCH --comment=mine\n\necho x\n';
  expect(scriptWithToken(script, 'shoal-1', '/r/a b.out')).toBe(
    '#!/bin/bash\n#SBATCH --nodes=1\n#SBATCH --comment=mine\n#SBATCH --output="/r/a b.out"\n#SBATCH --comment=shoal-1\n\necho x\n',
  );
  expect(scriptWithToken('#!/bin/bash\n\nx\n', 'a # "b" shoal-1', undefined)).toBe(
    '#!/bin/bash\n#SBATCH --comment="a # \\"b\\" shoal-1"\n\nx\n',
  );
  const odd = "#!/bin/bash\n#SBATCH --nodes=1\n\nexport A='\n#SBATCH --nodes=2\n'\n";
  expect(scriptWithToken(odd, 'shoal-1', '/r/a"b.out')).toBe(
    '#!/bin/bash\n#SBATCH --nodes=1\n#SBATCH --output="/r/a\\"b.out"\n#SBATCH --comment=shoal-1\n' +
      "\nexport A='\n#SBATCH --nodes=2\n'\n",
  );
});
