// Run it with:  mpirun -np 4 node hello.mjs
import { world } from 'shoal/mpi';

const { rank, size } = world;
const squares = new Float64Array(size);
world.allgather(Float64Array.of(rank ** 2), squares);

const received = new Float64Array(1);
const request = world.irecv(received, (rank + size - 1) % size);
world.send(Float64Array.of(rank), (rank + 1) % size);
await request;

console.log(`rank ${rank} of ${size}: squares ${squares.join(' ')}, neighbour ${received[0]}`);
