/** Making a cluster whole again after a test that failed, so that those behind it do not fall with it. */
import type { Cluster } from './cluster.js';
import { controller } from './layout.js';

/** Undoes all faults, cancels all jobs, and waits until every node is free. */
export async function recover(cluster: Cluster): Promise<void> {
  await cluster.heal();
  for (const host of [controller, ...cluster.hosts]) await cluster.boot(host);
  const control = (...argv: readonly string[]) => cluster.exec(controller, argv);
  if ((await control('scontrol', 'ping')).stdout.includes('DOWN')) await cluster.startSlurmctld();
  await cluster.until('the controller to answer', async () => (await control('sinfo')).code === 0);
  await control('scancel', '--signal=KILL', '--full', '--user=root');
  await control('scancel', '--user=root');
  for (const host of cluster.hosts) {
    // Refused, with no harm, for a node that is in order.
    await control('scontrol', 'update', `nodename=${host}`, 'state=resume');
  }
  await cluster.until('all nodes to be idle', async () => {
    const { stdout } = await control('sinfo', '-h', '-N', '-o', '%N %T');
    return cluster.hosts.every((host) => stdout.split('\n').includes(`${host} idle`));
  });
}
