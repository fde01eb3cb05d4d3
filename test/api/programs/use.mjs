/** A user's program: `node use.mjs INDEX_JS ACTION FOLDER …` prints what it saw as one line of JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [index, action, folder, ...rest] = process.argv.slice(2);
const { consoleReporter, createExecutor, fileReporter, jsonLinesReporter, openResults, plan, run, start } =
  await import(pathToFileURL(index).href);

const studyOf = (count, pause = 0) => ({
  name: 'square',
  kernel: import.meta.resolve('./kernel.ts'),
  parameters: { x: Array.from({ length: count }, (_, i) => i + 1), pause },
  output: [],
});

const rowsOf = async (results) => {
  const rows = [];
  for await (const { traceback: _, ...row } of results) {
    rows.push({ ...row, outputs: row.outputs && { ...row.outputs, powers: [...row.outputs.powers] } });
    delete rows.at(-1).error?.traceback;
  }
  return rows;
};

const actions = {
  async run(executor) {
    const phases = new Set();
    const runDir = join(folder, executor);
    const results = await run(studyOf(5), {
      ...{ executor, ranks: 2, runDir },
      onProgress: ({ phase }) => phases.add(phase),
    });
    const { y } = results.columns(['y']).outputs;
    return {
      executor: results.executor,
      transport: results.outcome.transport,
      phases: [...phases],
      rows: await rowsOf(results),
      again: await rowsOf(openResults(runDir)),
      y: [...y].map(String),
      row: (await results.row(4)).outputs.y,
      missing: results.row(5) === undefined,
      written: await results.write('csv', join(folder, `${executor}.csv`)),
    };
  },

  /** Reporters of every kind hear of one run, and one of its own with state. */
  async report(executor) {
    class Own {
      heard = [];
      onStarted({ name, total, ranks }) {
        this.heard.push(`${name} ${total} ${ranks}`);
      }
      onProgress() {}
      onCaseFailed(failed) {
        this.heard.push(`${failed.case} ${failed.type}`);
      }
      onNotice() {}
      onFinished(outcome) {
        this.heard.push(outcome.state);
      }
    }
    const own = new Own();
    const text = { console: '', lines: '' };
    const file = join(folder, 'progress.jsonl');
    await run(studyOf(5, 100), {
      ...{ executor, ranks: 2, runDir: join(folder, 'reported') },
      reporters: [
        own,
        consoleReporter({ write: (more) => (text.console += more) }),
        jsonLinesReporter({ write: (more) => (text.lines += more) }),
        fileReporter(file),
      ],
    });
    const events = (lines) =>
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).event);
    return {
      heard: own.heard,
      console: text.console,
      lines: events(text.lines),
      file: events(readFileSync(file, 'utf8')),
    };
  },

  /** Stops after the first durable cases, and goes on with another executor. */
  async stop() {
    const runDir = join(folder, 'stopped');
    const running = start(studyOf(300, 60), { executor: 'local', ranks: 1, runDir, chunk: 1 });
    for await (const { done } of running) if (done > 0) running.stop();
    const first = await running.finished;
    const rest = await run(studyOf(300, 60), { executor: 'local', ranks: 2, runDir, limit: 100 });
    return {
      state: first.outcome.state,
      some: first.count > 0 && first.count < 300,
      done: rest.outcome.done,
      computedNow: rest.outcome.computedNow === 100 - first.count,
    };
  },

  async dispose() {
    const running = start(studyOf(100_000, 20), { executor: 'local', ranks: 1, runDir: join(folder, 'd') });
    for await (const { done } of running) if (done > 0) break;
    await running[Symbol.asyncDispose]();
    return (await running.finished).outcome.state;
  },

  async executor() {
    const executor = createExecutor({ executor: 'local', ranks: 1 });
    const results = await executor.run(studyOf(2), { runDir: join(folder, 'e') });
    const before = executor.info();
    await executor[Symbol.asyncDispose]();
    let refusal;
    try {
      executor.start(studyOf(2));
    } catch (error) {
      refusal = error.message;
    }
    return { done: results.outcome.done, info: before, refusal };
  },

  async fallback(executor, fallback) {
    const notices = [];
    const options = { executor, ranks: 2, runDir: join(folder, 'f'), onNotice: (text) => notices.push(text) };
    try {
      const results = await run(studyOf(2), { ...options, ...(fallback ? { fallback } : {}) });
      return { executor: results.executor, fallback: results.fallback, notices, done: results.outcome.done };
    } catch (error) {
      return { error: error.name, message: error.message };
    }
  },

  async plan() {
    const options = { ranks: [2, 5], runDir: join(folder, 'p'), strategy: 'block' };
    const { cases, strategy, forecasts } = await plan(studyOf(20), options);
    const [found] = forecasts[1].runs.filter((each) => each.strategy === strategy);
    return { cases, ranks: forecasts.map(({ ranks }) => ranks), makespan: found.makespan };
  },

  async refused() {
    try {
      await run({ ...studyOf(2), parameterz: {} }, { runDir: join(folder, 'r') });
    } catch (error) {
      return `${error.name}: ${error.describe()}`;
    }
  },
};

console.log(JSON.stringify(await actions[action](...rest)));
