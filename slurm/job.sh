#!/bin/bash
{{directives}}

# {{made}}
set -euo pipefail
shoal=({{program}})
study={{study}}
run_dir={{runDir}}

{{proposal}}

# Software of this site, which may read variables that are not set.
{{software}}

# Variables that the job needs.
{{environment}}

# What is needed for a moment lies on the disk of each node, and goes with the job.
export SHOAL_SCRATCH={{scratch}}
{{onNodes?}}mkdir -p "$SHOAL_SCRATCH"
trap '{{onNodes?}}rm -rf "$SHOAL_SCRATCH" || :' EXIT

# Nothing starts where Node, MPI or the kernel are not right, on whatever node. Nodes that are alike share a line.
{{checkOn?}}"${shoal[@]}" info --check {{check}}{{alike?}}

# Ranks do not start at the same moment: they would all ask the file system for the same files.
# shellcheck disable=SC2016
late=(bash -c 'rank=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-$SLURM_PROCID}}; sleep "$((rank % {{stagger}}))"; exec "$@"' late)

# Slurm's word before the time limit goes on to the ranks: no new cases, running ones end, all that is done is kept.
signals=0 why='' launcher=''
pass_on() { signals=$((signals + 1)) why=${why:-$1}; kill -s "$2" "$launcher" 2>/dev/null || :; }
trap 'pass_on time {{stopSignal}}' USR2
trap 'pass_on cancelled TERM' TERM

read -r before cases < <("${shoal[@]}" status --counts "$run_dir")
{{launch}} \
  {{late?}}"${shoal[@]}" run "$study" --run-dir "$run_dir"{{runOptions?}} &
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

{{chain}}
