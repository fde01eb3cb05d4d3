#!/bin/bash
{{directives}}

# {{made}}
set -euo pipefail
shoal=({{program}})
study={{study}}
run_dir={{runDir}}
shards={{shardsDir}}

{{proposal}}

# Software of this site, which may read variables that are not set.
{{software}}

# Variables that the job needs.
{{environment}}

# What is needed for a moment lies on the disk of the node, and goes with the job.
export SHOAL_SCRATCH={{scratch}}
mkdir -p "$SHOAL_SCRATCH"
trap 'rm -rf "$SHOAL_SCRATCH" || :' EXIT

# Nothing starts where Node or the kernel are not right.
"${shoal[@]}" info --check {{check}}

# Tasks do not start at the same moment: they would all ask the file system for the same files.
sleep "$((SLURM_ARRAY_TASK_ID % {{stagger}}))"

# Slurm's word before the time limit goes on to the run: no new cases, running ones end, all that is done is kept.
signals=0 why='' launcher=''
pass_on() { signals=$((signals + 1)) why=${why:-$1}; kill -s "$2" "$launcher" 2>/dev/null || :; }
trap 'pass_on time USR2' USR2
trap 'pass_on cancelled TERM' TERM

# Each shard has a run directory of its own.{{split?}}
progress=0 failed=0
for ((shard = SLURM_ARRAY_TASK_ID; shard <= {{shardCount}}; shard += {{taskCount}})); do
  part=$shards/$shard-of-{{shardCount}}
  read -r before cases < <("${shoal[@]}" status --counts "$part")
  "${shoal[@]}" run "$study" --shard "$shard/{{shardCount}}" --run-dir "$part" --launcher local \
    --ranks "${SLURM_CPUS_PER_TASK:-1}"{{runOptions?}} &
  launcher=$!
  # A signal ends the wait, not the run.
  until heard=$signals code=0; wait "$launcher" || code=$?; [[ $signals == "$heard" ]]; do :; done
  read -r after cases < <("${shoal[@]}" status --counts "$part")
  progress=$((progress + after - before))
  echo "shard $shard: $after of $cases cases are done, $((after - before)) of them by this job (exit code $code)"
  # 0: all cases completed, 1: some failed.
  [[ $code == 1 ]] && failed=1
  [[ $code == [01] ]] || break
done

# The last task to end makes one run of all shards.
if [[ $code == [01] ]]; then
  "${shoal[@]}" merge "$shards" --run-dir "$run_dir" --if-complete || failed=$?
  exit "$failed"
fi

# 2: something is wrong that would be wrong again.
[[ $code == 2 || $why == cancelled ]] && exit "$code"

{{chain}}
