/** Why a job waits, in words, by Slurm's own word for it. */

const words: Readonly<Record<string, string>> = {
  None: 'the scheduler has not looked at it yet',
  Priority: 'jobs with higher priority come first',
  Resources: 'no nodes are free that suit it; it is next',
  Dependency: 'it waits for another job',
  DependencyNeverSatisfied: 'the job it waits for did not end as it has to: it will never start, cancel it',
  BeginTime: 'it may not start before its begin time; a requeued job waits two minutes',
  JobArrayTaskLimit: 'as many tasks of its array run as may run at once',
  JobHeldUser: 'it is held by its user: scontrol release JOB',
  JobHeldAdmin: 'it is held by an administrator',
  JobHoldMaxRequeue: 'it went back to the queue too often and is held: scontrol release JOB',
  JobLaunchFailure: 'it could not be launched on its node and is held',
  PartitionNodeLimit: 'it asks for more nodes, or another number, than its partition gives to a job',
  PartitionTimeLimit: "its time limit is above its partition's",
  PartitionDown: 'its partition is down',
  PartitionInactive: 'its partition starts no jobs at the moment',
  PartitionConfig: 'its partition does not have what it asks for',
  NodeDown: 'a node that it asks for is down',
  ReqNodeNotAvail: 'a node that it needs is down, drained or reserved',
  Nodes_required_for_job_are_DOWN: 'nodes that it needs are down, drained or reserved for other jobs',
  BadConstraints: 'no node can ever give what it asks for',
  Licenses: 'it waits for a licence',
  Reservation: 'its reservation has not begun, or is full',
  ReservationDeleted: 'its reservation is gone',
  InvalidAccount: 'its account is not valid',
  InvalidQOS: 'its quality of service is not valid',
  AccountNotAllowed: 'its account may not use the partition',
  QOSNotAllowed: 'its quality of service may not be used in the partition',
  Cleaning: 'what is left of its last run is being cleaned away',
  Prolog: 'the prolog of the site runs',
  FrontEndDown: 'no front end is free for it',
  SystemFailure: 'Slurm, a file system or the network failed',
  DeadLine: 'it cannot end before its deadline',
  BurstBufferResources: 'the burst buffer is full',
  BurstBufferStageIn: 'its files are being staged in',
  SchedDefer: 'the scheduler looks at jobs a little later than they come',
  MaxBatchRequeue: 'it went back to the queue too often and is held',
  NodeFail: 'a node failed, and it went back to the queue',
  Preempted: 'another job pushed it out, and it went back to the queue',
};

const families: readonly (readonly [RegExp, string])[] = [
  [/^Assoc|^MaxJobsPerAccount/, 'a limit of its account is reached'],
  [/^QOS|^MaxJobsPerQos/, 'a limit of its quality of service is reached'],
  [/^(?:Max|Grp).*Group/, 'a limit of its group is reached'],
  [/^Max.*User/, 'a limit for each user is reached'],
  [/^Partition/, 'its partition does not let it start'],
  [/^ReqNodeNotAvail|^Nodes required/, 'a node that it needs is down, drained or reserved'],
  [/^Reserv/, 'because of a reservation'],
  [/^Node/, 'a node that it needs cannot be used'],
];

/** Slurm's word stands behind what it means; a word that is not known is said as it is. */
export function waitWords(reason: string | undefined): string {
  if (reason === undefined) return words.None as string;
  const [key = ''] = reason.split(/[,(]/);
  const known =
    words[key.trim()] ??
    words[key.trim().replaceAll(' ', '_')] ??
    families.find(([pattern]) => pattern.test(reason))?.[1];
  return known === undefined ? `Slurm says ${reason}` : `${known} (${reason})`;
}
