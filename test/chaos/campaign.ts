/** Hurts a run again and again, goes on with it each time, and counts what was lost, doubled or left behind. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { RangeSet } from '../../src/schedule/ranges.js';
import { eventually } from '../process/marked.js';
import type { ClockShim } from './clock.js';
import { type Fault, type FaultKind, faultsOf, inflict, isBorne } from './faults.js';
import type { Random } from './random.js';
import { resultTexts, runState } from './run-state.js';
import { Session } from './session.js';
import { type ChaosStudy, notedCases } from './study.js';
import type { Transport } from './transports.js';

export interface Counts {
  sessions: number;
  /** By kind. */
  readonly faults: Record<FaultKind, number>;
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
  /** New runs are begun for so long, and until there is a kill that lost nothing of what was kept. */
  readonly forMs: number;
  readonly clock: ClockShim | undefined;
  /** A small disk for the run directories. */
  readonly disk: string | undefined;
}

/** A study with failed cases ends with this. */
const someFailed = 1;

/** How much longer a slow machine may take until everything has been shown once. */
const mostExtraMs = 300_000;

/** Faults that happen to one session at most. */
const mostFaults = 2;

/** Runs whole studies until the time is over, or something is wrong. */
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

interface Plan {
  readonly transport: Transport;
  readonly faults: readonly Fault[];
}

class Campaign {
  readonly history: string[] = [];
  readonly #options: CampaignOptions;
  readonly #folder: string;
  readonly #startedMs = performance.now();
  readonly #counts: Counts = {
    sessions: 0,
    faults: { kill: 0, pause: 0, slow: 0, clock: 0, disk: 0, guest: 0, tail: 0 },
    finished: 0,
    lost: 0,
    doubled: 0,
    orphaned: 0,
    repeated: 0,
    kept: 0,
  };

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(options.study.folder, 'campaign-'));
  }

  async run(): Promise<Counts> {
    while (!this.#isOver()) await this.#oneRun();
    return this.#counts;
  }

  #isOver(): boolean {
    const { faults, kept } = this.#counts;
    const beyondMs = performance.now() - this.#startedMs - this.#options.forMs;
    return beyondMs > (faults.kill > 0 && kept > 0 ? 0 : mostExtraMs);
  }

  /** From a new run directory to complete results, with as many kills on the way as happen. */
  async #oneRun(): Promise<void> {
    const { study, random } = this.#options;
    const { disk } = this.#options;
    const runDir = join(disk ?? this.#folder, `run-${this.#counts.finished}`);
    for (let isOver = false; !isOver; ) {
      // The same study again and `resume` are two ways to say the same.
      const isResume = runState(runDir).done.total > 0 && random.between(0, 1) === 1;
      const args = isResume ? ['resume', runDir] : ['run', study.file, '--run-dir', runDir];
      isOver = await this.#oneSession(runDir, args);
      if (!isOver && random.between(0, 3) === 0) this.#tear(runDir);
    }
    this.#compare(runDir);
    this.#counts.finished++;
    rmSync(runDir, { recursive: true, force: true });
  }

  /** True when the session came to its end. */
  async #oneSession(runDir: string, args: readonly string[]): Promise<boolean> {
    const { study } = this.#options;
    const { transport, faults } = this.#nextPlan();
    const before = runState(runDir).done;
    const notes = join(this.#folder, `notes-${this.#counts.sessions++}`);
    this.history.push(
      `${transport.name}: ${args[0]} ${runDir}, ${before.total} cases done; planned: ${JSON.stringify(faults)}`,
    );
    const start = transport.start(
      [...args, '--quiet', '--restarts', '2'].slice(0, transport.restarts ? undefined : -2),
    );
    const { clock } = this.#options;
    const environment = { ...start.environment, ...clock?.environment };
    clock?.set(0);
    const session = new Session({ ...start, environment }, { cwd: study.folder, notes });
    try {
      const { done: inflicted, shown } = await this.#disturb(session, faults, runDir, before.total);
      const end = await session.end();
      const orphans = await session.orphans();
      this.history.push(
        `  ${inflicted.length} faults, ended with ${end.code ?? end.signal}: ${end.stderr.slice(0, 2000)}`,
      );
      for (const { pid, role } of orphans) this.history.push(`  orphan: ${role} ${pid}`);
      for (const { kind } of inflicted) this.#counts.faults[kind]++;
      this.#counts.orphaned += orphans.length;
      this.#count(runDir, notes, before, shown, inflicted.length > 0);
      if (end.code === someFailed) return true;
      if (inflicted.every(isBorne)) throw new Error('this session should have come to its end');
      return false;
    } finally {
      session.dispose();
    }
  }

  /** When the time is over, the run is left in peace, so that it comes to its end. */
  #nextPlan(): Plan {
    const { transports, random } = this.#options;
    const transport = random.pick(transports);
    const choices = faultsOf(transport, this.#options);
    const count = this.#isOver() ? 0 : random.between(1, mostFaults);
    return { transport, faults: Array.from({ length: count }, () => random.pick(choices)) };
  }

  async #disturb(
    session: Session,
    faults: readonly Fault[],
    runDir: string,
    doneBefore: number,
  ): Promise<{ done: readonly Fault[]; shown: number }> {
    const { random, clock, disk } = this.#options;
    const done: Fault[] = [];
    let shown = 0;
    for (const fault of faults) {
      await this.#moment(session, runDir, doneBefore);
      if (session.hasEnded) break;
      shown = runState(runDir).shown;
      if (await inflict(fault, { session, runDir, random, clock, disk })) done.push(fault);
    }
    return { done, shown };
  }

  /** What a disk loses that had not written everything when the power went: the end of what was written last. */
  #tear(runDir: string): void {
    const journal = join(runDir, 'journal');
    const last = existsSync(journal)
      ? readdirSync(journal)
          .filter((name) => name.endsWith('.log'))
          .sort()
          .at(-1)
      : undefined;
    if (last === undefined) return;
    const file = join(journal, last);
    const { size } = statSync(file);
    const bytes = this.#options.random.between(0, size);
    truncateSync(file, bytes);
    // The view of what is cut: it would be taken for what the next session showed.
    rmSync(join(runDir, 'live.json'), { force: true });
    this.#counts.faults.tail++;
    this.history.push(`  ${last} is cut from ${size} to ${bytes} bytes`);
  }

  /**
   * Some time after the start, or some progress and a moment. Until a journal has been seen to keep something over a
   * kill, faults wait for one that holds something.
   */
  async #moment(session: Session, runDir: string, doneBefore: number): Promise<void> {
    const { study, random } = this.#options;
    if (this.#counts.kept === 0) {
      await eventually(() => session.hasEnded || runState(runDir).done.total > doneBefore, 60_000);
    } else if (random.between(0, 3) === 0) {
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
