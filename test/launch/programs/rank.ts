/** A rank as the command line sees it, without MPI: rank 0 waits to be asked to stop and leaves an outcome. */
import { listenToParent, readParent, writeReport } from '../../../src/launch/parent-link.js';
import type { RunOutcome } from '../../../src/runtime/api.js';

const rank = Number(process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK);
const size = Number(process.env.OMPI_COMM_WORLD_SIZE ?? process.env.PMI_SIZE);
const parent = readParent(process.env);
const stopsWithin = (how: string | undefined): void => {
  if (how === 'die') process.exit(3);
  if (how === 'finish') void leave('completed');
};

async function leave(state: RunOutcome['state']): Promise<void> {
  const outcome = { state, ranks: size, runDir: process.argv.slice(2).join('|') } as RunOutcome;
  await writeReport(parent!, { kind: 'ended', outcome, isCut: false });
  process.exit(0);
}

// The others end with rank 0; whoever sees the test's time run out has found a rank that did not.
const life = setTimeout(() => {}, 60_000);
if (rank === 0) {
  console.log('rank 0 is up');
  listenToParent(() => void leave('interrupted'));
  stopsWithin(process.argv[2]);
} else if (process.argv[2] !== 'stay') {
  clearTimeout(life);
}
