/** Kills a run again and again, goes on with it each time, and counts what was lost, doubled or left behind. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { RangeSet } from '../../src/schedule/ranges.js';
import type { Random } from './random.js';
import { resultTexts, runState } from './run-state.js';
import { Session, signal } from './session.js';
import { type ChaosStudy, notedCases } from './study.js';
import type { Target, Transport } from './transports.js';

export interface Counts {
  kills: number;
  /** Runs that came to their end, with every result compared. */
  finished: number;
  /** Cases that were done, or shown as done, before a kill and not behind it. */
  lost: number;
  /** Cases that were computed though their result was kept, or whose result was kept twice. */
  doubled: number;
  /** Processes that outlived their run. */
  orphaned: number;
  /** Cases computed again because they were in flight. */
  repeated: number;
  /** Cases done by sessions that were killed: what the next one did not have to compute. */
  kept: number;
}

export interface Outcome {
  readonly counts: Readonly<Counts>;
  /** A line and more a session, for whoever has to find out what went wrong. */
  readonly history: string;
}

export interface CampaignOptions {
  /** Each session takes one of these; they share the run directories. */
  readonly transports: readonly Transport[];
  readonly study: ChaosStudy;
  /** Results of a run that nothing disturbed. */
  readonly expected: ReadonlyMap<number, string>;
  readonly random: Random;
  readonly kills: number;
}

/** A study with failed cases ends with this. */
const someFailed = 1;

/** Kills of computing processes that one session must bear by itself. */
const mostChildKills = 2;

/** Runs whole studies until there were as many kills as asked for, or something is wrong. */
export async function campaign(options: CampaignOptions): Promise<Outcome> {
  const running = new Campaign(options);
  try {
    const counts = await running.run();
    return { counts, history: running.history.join('\n') };
  } catch (error) {
    const history = running.history.join('\n');
    throw new Error(`${(error as Error).message}; what happened before:\n${history}`, { cause: error });
  }
}

export function describeCounts(name: string, counts: Counts): string {
  const { kills, finished, lost, doubled, orphaned, kept, repeated } = counts;
  return (
    `${name}: ${kills} kills in ${finished} runs, ${lost} cases lost, ${doubled} doubled, ${orphaned} processes ` +
    `orphaned; ${kept} cases kept over kills, ${repeated} computed again`
  );
}

interface Plan {
  readonly transport: Transport;
  /** Undefined for a session that is left in peace. */
  readonly target: Target | undefined;
}

class Campaign {
  readonly history: string[] = [];
  readonly #options: CampaignOptions;
  readonly #folder: string;
  readonly #plans: readonly Plan[];
  readonly #counts: Counts = {
    kills: 0,
    finished: 0,
    lost: 0,
    doubled: 0,
    orphaned: 0,
    repeated: 0,
    kept: 0,
  };
  #sessions = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(options.study.folder, 'campaign-'));
    // Every kind of process under every transport gets its turn before one comes again.
    this.#plans = options.transports.flatMap((transport) =>
      transport.targets.map((target) => ({ transport, target })),
    );
  }

  async run(): Promise<Counts> {
    while (this.#counts.kills < this.#options.kills) await this.#oneRun();
    return this.#counts;
  }

  /** From a new run directory to complete results, with as many kills on the way as happen. */
  async #oneRun(): Promise<void> {
    const { study, random } = this.#options;
    const runDir = join(this.#folder, `run-${this.#counts.finished}`);
    for (let isOver = false; !isOver; ) {
      // The same study again and `resume` are two ways to say the same.
      const isResume = runState(runDir).done.total > 0 && random.between(0, 1) === 1;
      const args = isResume ? ['resume', runDir] : ['run', study.file, '--run-dir', runDir];
      isOver = await this.#oneSession(runDir, args);
    }
    this.#compare(runDir);
    this.#counts.finished++;
  }

  /** True when the session came to its end. */
  async #oneSession(runDir: string, args: readonly string[]): Promise<boolean> {
    const { study } = this.#options;
    const { transport, target } = this.#nextPlan();
    const before = runState(runDir).done;
    const notes = join(this.#folder, `notes-${this.#sessions++}`);
    this.history.push(
      `${transport.name}: ${args[0]} ${runDir}, ${before.total} cases done; to be killed: ${target}`,
    );
    const session = new Session(transport.start([...args, '--quiet']), { cwd: study.folder, notes });
    try {
      const { kills, shown } = await this.#disturb(session, target, runDir, before.total);
      const end = await session.end();
      const orphans = await session.orphans();
      this.history.push(
        `  ${kills} kills, ended with ${end.code ?? end.signal}: ${end.stderr.slice(0, 2000)}`,
      );
      for (const { pid, role } of orphans) this.history.push(`  orphan: ${role} ${pid}`);
      this.#counts.kills += kills;
      this.#counts.orphaned += orphans.length;
      this.#count(runDir, notes, before, shown, kills > 0);
      if (end.code === someFailed) return true;
      // What computes beside a coordinator is replaced when it dies.
      if (kills === 0 || target === 'child') throw new Error('this session should have come to its end');
      return false;
    } finally {
      session.dispose();
    }
  }

  #nextPlan(): Plan {
    const { kills } = this.#counts;
    const plan = this.#plans[kills % this.#plans.length]!;
    return kills < this.#options.kills ? plan : { ...plan, target: undefined };
  }

  async #disturb(
    session: Session,
    target: Target | undefined,
    runDir: string,
    doneBefore: number,
  ): Promise<{ kills: number; shown: number }> {
    const { random } = this.#options;
    const wanted = target === undefined ? 0 : target === 'child' ? random.between(1, mostChildKills) : 1;
    let shown = 0;
    let kills = 0;
    while (target !== undefined && kills < wanted) {
      await this.#moment(session, doneBefore);
      shown = runState(runDir).shown;
      if (!(await kill(session, target))) break;
      kills++;
    }
    return { kills, shown };
  }

  /** Some time after the start, or some progress and a moment. */
  async #moment(session: Session, doneBefore: number): Promise<void> {
    const { study, random } = this.#options;
    if (random.between(0, 3) === 0) {
      await pause(random.between(0, 700));
    } else {
      await session.begun(random.between(1, Math.ceil((study.cases - doneBefore) / 3)));
      await pause(random.between(0, 30));
    }
  }

  #count(runDir: string, notes: string, before: RangeSet, shown: number, isKilled: boolean): void {
    const counts = this.#counts;
    const { done } = runState(runDir);
    let lost = 0;
    for (const { first, count } of before) {
      for (const missing of done.missing(first, count)) lost += missing.count;
    }
    counts.lost += Math.max(lost, shown - done.total);
    const computed = notedCases(notes);
    const distinct = new Set(computed);
    const keptBefore = [...distinct].filter((index) => before.has(index));
    if (keptBefore.length > 0) this.history.push(`  computed though it was done: ${keptBefore}`);
    counts.doubled += keptBefore.length;
    const again = computed.length - distinct.size;
    if (isKilled) counts.repeated += again;
    else counts.doubled += again;
    counts.repeated += [...distinct].filter((index) => !done.has(index)).length;
    if (done.total < this.#options.study.cases) counts.kept += done.total - before.total;
  }

  #compare(runDir: string): void {
    const { expected } = this.#options;
    const { superseded } = runState(runDir);
    if (superseded > 0) this.history.push(`  ${superseded} results came twice`);
    this.#counts.doubled += superseded;
    const found = resultTexts(runDir);
    for (const [index, text] of expected) {
      if (found.get(index) === text) continue;
      throw new Error(`case ${index} has the result ${found.get(index)}, undisturbed it has ${text}`);
    }
    if (found.size !== expected.size) throw new Error(`${found.size} results for ${expected.size} cases`);
  }
}

/** False when the session ended before there was anything of that kind. */
async function kill(session: Session, target: Target): Promise<boolean> {
  if (target === 'everything') {
    // Stopped first, so that none sees another die: no process gets a word in at a power cut.
    for (const { pid } of session.processes()) signal(pid, 'SIGSTOP');
    const hit = session.processes().filter(({ pid }) => signal(pid, 'SIGKILL'));
    return hit.length > 0;
  }
  await session.has(target);
  const found = session.with(target);
  const victim = found[Math.floor(found.length / 2)];
  return victim !== undefined && signal(victim.pid, 'SIGKILL');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
