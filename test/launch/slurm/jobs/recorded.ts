/** What Slurm 22.05 printed, field by field; `|` stands for the separator of fields. */
import { separator } from '../../../../src/launch/slurm/jobs/lines.js';

export function recorded(text: string): string {
  return text.replaceAll('|', separator);
}

export const squeueText =
  recorded(`27|N/A|COMPLETED|None|0:04|10:00|1|n1|1795647609|1795647609|shoal-0123456789abcdef0123|/tmp/w|main|root|normal|(null)|ok job
33|N/A|COMPLETING|None|0:07|10:00|1|n1|1795647609|1795647609|(null)|/tmp/w|main|root|normal|(null)|canc
29|N/A|FAILED|NonZeroExitCode|0:05|1-10:00:00|1|n1|1795647609|1795647609|(null)|/tmp/w|main|root|normal|(null)|oom.sh
8|N/A|PENDING|DependencyNeverSatisfied|0:00|10:00|1||N/A|1795646685|(null)|/tmp/w|main|root|normal|afterok:2(failed)|dep
11|N/A|PENDING|BeginTime|0:00|UNLIMITED|1||1795650285|1795646686|(null)|/tmp/w|main|root|normal|(null)|later
31|3-6%2|PENDING|JobArrayTaskLimit|0:00|10:00|1||N/A|1795647609|(null)|/tmp/w|main|root|normal|(null)|arr
31|1|RUNNING|None|0:07|10:00|1|n1|1795647609|1795647609|(null)|/tmp/w|main|root|normal|(null)|arr
`);

export const scontrolText = `JobId=2 JobName=fail|x Foo=bar UserId=root(0) GroupId=root(0) MCS_label=N/A Priority=4294901758 Nice=0 Account=root QOS=normal JobState=FAILED Reason=NonZeroExitCode Dependency=(null) Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=3:0 RunTime=00:00:01 TimeLimit=00:10:00 TimeMin=N/A SubmitTime=1795646685 EligibleTime=1795646685 AccrueTime=1795646685 StartTime=1795646686 EndTime=1795646687 Deadline=N/A SuspendTime=None SecsPreSuspend=0 LastSchedEval=1795646686 Scheduler=Main Partition=main AllocNode:Sid=ctl:0 ReqNodeList=(null) ExcNodeList=(null) NodeList=n1 BatchHost=n1 NumNodes=1 NumCPUs=1 NumTasks=1 CPUs/Task=1 ReqB:S:C:T=0:0:*:* TRES=cpu=1,mem=100M,node=1,billing=1 Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=* MinCPUsNode=1 MinMemoryCPU=100M MinTmpDiskNode=0 Features=(null) DelayBoot=00:00:00 OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null) Command=/tmp/w/ok.sh 1 3 WorkDir=/tmp/w Comment=a|b c=d  StdErr=/tmp/w/2.out StdIn=/dev/null StdOut=/tmp/w/2.out Power= 
JobId=5 ArrayJobId=5 ArrayTaskId=3-6%2 ArrayTaskThrottle=2 JobName=arr UserId=root(0) GroupId=root(0) MCS_label=N/A Priority=4294901755 Nice=0 Account=root QOS=normal JobState=PENDING Reason=JobArrayTaskLimit Dependency=(null) Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0 RunTime=00:00:00 TimeLimit=00:10:00 TimeMin=N/A SubmitTime=1795646685 EligibleTime=Unknown StartTime=Unknown EndTime=Unknown Partition=main AllocNode:Sid=ctl:0 NodeList= NumNodes=1-1 NumCPUs=1 MinMemoryNode=60M Command=/tmp/w/ok.sh 15 WorkDir=/tmp/w StdOut=/tmp/w/5_4294967294.out Power= 
JobId=22 ArrayJobId=5 ArrayTaskId=1 ArrayTaskThrottle=2 JobName=arr UserId=root(0) GroupId=root(0) JobState=RUNNING Reason=None Restarts=2 ExitCode=0:0 RunTime=1-00:00:15 TimeLimit=UNLIMITED SubmitTime=1795646685 StartTime=1795646686 EndTime=Unknown Partition=main NodeList=n[1-3] BatchHost=n1 NumNodes=3 MinMemoryCPU=2G Command=/tmp/w/ok.sh 15 WorkDir=/tmp/w StdOut=/tmp/w/5_1.out Power= 
`;

export const sacctText =
  recorded(`3|FAILED|1:0|None|0|10|1|n1|1795646685|1795646686|1795646686|60M|||/tmp/w|main|root|normal|oom.sh
3.batch|FAILED|1:0||0||1|n1|1795646686|1795646686|1795646686||0|||||normal|batch
3.0|OUT_OF_MEMORY|0:125||0||1|n1|1795646686|1795646686|1795646686||61440K|||||normal|node
4|TIMEOUT|0:0|None|85|1|1|n1|1795646685|1795646686|1795646771|100M|||/tmp/w|main|root|normal|tl
4.batch|CANCELLED|0:15||86||1|n1|1795646686|1795646686|1795646772||368K|||||normal|batch
7|CANCELLED by 20001|0:0|None|4|10|1|n1|1795646685|1795646686|1795646690|100M|||/tmp/w|main|root|normal|canc
5_1|COMPLETED|0:0|None|15|10|1|n1|1795646685|1795646686|1795646701|100M|||/tmp/w|main|root|normal|arr
5_[3-6%2]|PENDING|0:0|JobArrayTaskLimit|0|10|1|None assigned|1795646685|Unknown|Unknown|100M|||/tmp/w|main|root|normal|arr
9|NODE_FAIL|1:0|None|30|10|1|n1|1795646685|1795646686|1795646716|4000Mn|||/tmp/w|main|root|normal|again
9|COMPLETED|0:0|None|12|Partition_Limit|1|n2|1795646716|1795646800|1795646812|2Gc||shoal-0123456789abcdef0123|/tmp/w|main|root|normal|again
`);
