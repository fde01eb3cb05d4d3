/** Ends in the way its argument names, in a job that survives the loss of ranks. */
import { isFaultTolerant, leave, world } from '../../../src/mpi/index.js';

const way = process.argv[2];
if (way === 'dies before MPI starts' && process.env.OMPI_COMM_WORLD_RANK === '1') die();
const { rank } = world;
if (!isFaultTolerant()) throw new Error('this job does not survive the loss of ranks');
console.log(`rank ${rank} started`);

switch (way) {
  case 'dies before MPI starts':
    break;
  case 'throws':
    if (rank === 0) throw new TypeError('thrown on purpose');
    // In no call of MPI, and deaf to the event loop.
    for (;;);
  case 'leaves one by one':
    if (rank === 2) die();
    await new Promise((resolve) => setTimeout(resolve, 300 * rank));
    leave();
    break;
  default:
    throw new Error(`no way of ending: ${way}`);
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
