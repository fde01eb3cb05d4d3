#!/bin/bash
#SBATCH --job-name=wells
#SBATCH --ntasks=4
#SBATCH --time=00:30:00
#SBATCH --no-requeue
#SBATCH --signal=B:USR2@180
#SBATCH --output=%x-%j.out

# Made by shoal: shoal slurm study.yaml
set -euo pipefail
shoal=(/opt/node/bin/node /home/ada/shoal/dist/main.js)
study=/home/ada/wells/study.yaml
run_dir=/scratch/ada/runs/wells

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

exit "$code"
