#!/bin/bash
#SBATCH --job-name=wells
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR2@360
#SBATCH --output=%x-%A_%a.out
#SBATCH --array=1-10

# Made by shoal: shoal slurm study.yaml
set -euo pipefail
shoal=(/opt/node/bin/node /home/ada/shoal/dist/main.js)
study=/home/ada/wells/study.yaml
run_dir=/scratch/ada/runs/wells
shards=/scratch/ada/runs/wells-shards

# Nothing starts where Node or the kernel are not right.
"${shoal[@]}" info --check --mpi none --study "$study"

# Slurm's word before the time limit goes on to the run: no new cases, running ones end, all that is done is kept.
signals=0 why='' launcher=''
pass_on() { signals=$((signals + 1)) why=${why:-$1}; kill -s "$2" "$launcher" 2>/dev/null || :; }
trap 'pass_on time USR2' USR2
trap 'pass_on cancelled TERM' TERM

# Each shard has a run directory of its own. There are more of them than the cluster allows tasks:
# each task computes every 10th.
progress=0 failed=0
for ((shard = SLURM_ARRAY_TASK_ID; shard <= 40; shard += 10)); do
  part=$shards/$shard-of-40
  read -r before cases < <("${shoal[@]}" status --counts "$part")
  "${shoal[@]}" run "$study" --shard "$shard/40" --run-dir "$part" --launcher local \
    --ranks "${SLURM_CPUS_PER_TASK:-1}" &
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

# The study goes on in the next link of the chain, a job that waits for the end of this one.
if ((progress == 0)); then
  echo "the chain stops: $after of $cases cases are done, as many as before this job" >&2
  exit 1
fi
# A controller that restarts is waited for, and a link that it has taken already is not submitted again.
tries=0
until [[ "$(squeue --me --noheader --format=%E) " =~ "afterany:${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"[^0-9] ]] ||
  sbatch --dependency="afterany:${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" --array="$SLURM_ARRAY_TASK_ID" "$0"; do
  ((++tries < 10)) || { echo "the chain stops: Slurm takes no next link; submit the study again to go on" >&2; exit 1; }
  sleep 5
done
