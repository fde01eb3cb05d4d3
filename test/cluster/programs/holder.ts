/** Starts a cluster and waits to be killed. */
import { startCluster } from '../bed/cluster.js';

const cluster = await startCluster({ hosts: 1, slurm: false });
console.log(cluster.folder);
setInterval(() => {}, 60_000);
