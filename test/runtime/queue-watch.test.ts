import { expect, test } from 'vitest';
import { createState, defaultOptions } from '../../src/coordinator/state.js';
import { queueOf } from '../../src/runtime/queue-watch.js';
import { amountsOf } from '../../src/schedule/tasks/hosts.js';
import { TaskScheduler } from '../../src/schedule/tasks/task-scheduler.js';

const cores = (count: number) => ({ cores: count, memoryBytes: 0, gpus: 0 });

test('what waits is counted by what it waits for, and some of it is shown', () => {
  const tasks = new TaskScheduler({
    set: {
      count: 5,
      // Case 4 depends on case 0.
      dependencies: { offsets: Uint32Array.of(0, 0, 0, 0, 0, 1), cases: Uint32Array.of(0) },
      isInOrder: true,
      needs: { kinds: [cores(1), cores(2)], kindOf: Uint16Array.of(0, 1, 1, 0, 0) },
      nameOf: String,
    },
    ...{ strategy: 'self', ranges: [{ first: 0, count: 5 }], apart: [], failed: [] },
  });
  for (const worker of [0, 1]) tasks.place(worker, 'node7', amountsOf(cores(2)));
  const state = createState(tasks, [0, 1], defaultOptions);
  expect(queueOf(state, 0)).toEqual({
    ...{
      waiting: 5,
      inFlight: 0,
      suspects: 0,
      backOff: 0,
      memory: 0,
      dependencies: 1,
      resources: 0,
      late: 0,
    },
  });
  const chunk = { first: 0, count: 0 };
  expect(tasks.next(0, chunk)).toBe(true);
  expect(tasks.next(1, chunk)).toBe(false);
  state.delayed.push(7, 12_500);
  state.raised.push(8, 1, 2);
  expect(queueOf(state, 500)).toEqual({
    ...{
      waiting: 4,
      inFlight: 0,
      suspects: 0,
      backOff: 1,
      memory: 1,
      dependencies: 1,
      resources: 2,
      late: 0,
    },
    samples: {
      due: [{ case: 7, attempt: 1, inMs: 12_000 }],
      blocked: [{ case: 1, host: 'node7' }, { case: 2 }],
      hosts: [{ host: 'node7', owned: '2 cores', free: '1 core' }],
    },
  });
});
