/**
 * All commands, in the order of the help, by their first word. Each is loaded when it is called, since what a process
 * loads is most of the time that it takes to start.
 */
import type { Domain } from '../study/solver.js';
import type { Command } from './command.js';

interface Entry {
  readonly word: string;
  load(): Promise<readonly Command[]>;
}

const entries: readonly Entry[] = [
  { word: 'run', load: async () => [(await import('./commands/run.js')).runCommand] },
  { word: 'resume', load: async () => [(await import('./commands/resume.js')).resumeCommand] },
  { word: 'merge', load: async () => [(await import('./commands/merge.js')).mergeCommand] },
  { word: 'join', load: async () => [(await import('./commands/join.js')).joinCommand] },
  { word: 'status', load: async () => [(await import('./commands/status.js')).statusCommand] },
  { word: 'watch', load: async () => [(await import('./commands/watch.js')).watchCommand] },
  { word: 'report', load: async () => [(await import('./commands/report.js')).reportCommand] },
  { word: 'export', load: async () => [(await import('./commands/export.js')).exportCommand] },
  { word: 'explain', load: async () => [(await import('./commands/explain.js')).explainCommand] },
  { word: 'output', load: async () => [(await import('./commands/output.js')).outputCommand] },
  { word: 'plan', load: async () => [(await import('./commands/plan.js')).planCommand] },
  { word: 'slurm', load: async () => [(await import('./commands/slurm.js')).slurmCommand] },
  { word: 'submit', load: async () => [(await import('./commands/submit.js')).submitCommand] },
  { word: 'jobs', load: async () => [(await import('./commands/jobs.js')).jobsCommand] },
  { word: 'logs', load: async () => [(await import('./commands/logs.js')).logsCommand] },
  { word: 'cancel', load: async () => [(await import('./commands/cancel.js')).cancelCommand] },
  { word: 'fetch', load: async () => [(await import('./commands/fetch.js')).fetchCommand] },
  { word: 'eval', load: async () => [(await import('./commands/eval.js')).evalCommand] },
  { word: 'remote', load: async () => [(await import('./commands/remote.js')).remoteCommand] },
  { word: 'info', load: async () => [(await import('./commands/info.js')).infoCommand] },
  { word: 'schema', load: async () => [(await import('./commands/schema.js')).schemaCommand] },
];

/** The commands that begin with this word; all of them where none does. */
export async function commandsFor(
  word: string | undefined,
  domains: readonly Domain[],
): Promise<readonly Command[]> {
  const all = [...entries, ...domains.map(entryOf)];
  const called = all.filter((entry) => entry.word === word);
  const loaded = await Promise.all((called.length > 0 ? called : all).map(({ load }) => load()));
  return loaded.flat();
}

function entryOf({ word, load }: Domain): Entry {
  return { word, load: async () => (await import('./domain-commands.js')).domainCommands(await load()) };
}
