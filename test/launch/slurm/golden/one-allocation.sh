#!/bin/bash
#SBATCH --job-name=wells
#SBATCH --ntasks=64
#SBATCH --time=02:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR2@720
#SBATCH --output=%x-%j.out

# Made by shoal: shoal slurm study.yaml
set -euo pipefail
shoal=(/opt/node/bin/node /home/ada/shoal/dist/main.js)
study=/home/ada/wells/study.yaml
run_dir=/scratch/ada/runs/wells

# Nothing starts where Node, MPI or the kernel are not right, on whatever node. Nodes that are alike share a line.
srun --mpi=none --ntasks-per-node=1 --ntasks="$SLURM_NNODES" "${shoal[@]}" info --check --mpi openmpi --study "$study" |
  awk '{ at = $3; sub(/:$/, "", at); sub(/^[^:]*: /, ""); on[$0] = on[$0] " " at } END { for (all in on) print "ready on" on[all] ": " all }'

# Slurm's word before the time limit goes on to the ranks: no new cases, running ones end, all that is done is kept.
signals=0 why='' launcher=''
pass_on() { signals=$((signals + 1)) why=${why:-$1}; kill -s "$2" "$launcher" 2>/dev/null || :; }
trap 'pass_on time USR2' USR2
trap 'pass_on cancelled TERM' TERM

read -r before cases < <("${shoal[@]}" status --counts "$run_dir")
mpirun --bind-to none --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 2 --mca oob_tcp_keepalive_probes 3 \
  "${shoal[@]}" run "$study" --run-dir "$run_dir" &
launcher=$!

# A signal ends the wait, not the ranks.
until heard=$signals code=0; wait "$launcher" || code=$?; [[ $signals == "$heard" ]]; do :; done
read -r after cases < <("${shoal[@]}" status --counts "$run_dir")
progress=$((after - before))
echo "$after of $cases cases are done, $progress of them by this job (exit code $code)"

# 0: all cases completed, 1: some failed, 2: something is wrong that would be wrong again. Behind a signal some
# launchers say 0 of what was cut.
[[ $code == [01] && $after == "$cases" || $code == 0 && -z $why ]] && exit "$code"
[[ $code == 2 || $why == cancelled ]] && exit "$code"

# The study goes on in the next link of the chain: in this job again, or in a new one where jobs cannot be requeued.
if ((progress == 0)); then
  echo "the chain stops: $after of $cases cases are done, as many as before this job" >&2
  exit 1
fi
echo "the study goes on in the next link of the chain"
# Slurm ends all of a job that it requeues, scontrol too: that must not look like a refusal, or there were two jobs.
trap '' TERM
# A controller that restarts is waited for, and a link that it has taken already is not submitted again.
tries=0
until scontrol requeue "$SLURM_JOB_ID" || [[ "$(squeue --me --noheader --format=%E) " =~ "afterany:$SLURM_JOB_ID"[^0-9] ]] ||
  sbatch --dependency="afterany:$SLURM_JOB_ID" "$0"; do
  ((++tries < 10)) || { echo "the chain stops: Slurm takes no next link; submit the study again to go on" >&2; exit 1; }
  sleep 5
done
