#!/bin/bash
# {{made}}
# Starts at once and by itself, on a host without Slurm: no connection to it is needed while it runs.
set -euo pipefail
exec >{{output}} 2>&1
shoal=({{program}})
study={{study}}
run_dir={{runDir}}

# Software of this site, which may read variables that are not set.
{{software}}

# Variables that the run needs.
{{environment}}

# What is needed for a moment.
export SHOAL_SCRATCH={{scratch}}
mkdir -p "$SHOAL_SCRATCH"

# Nothing starts where Node, MPI or the kernel are not right.
"${shoal[@]}" info --check {{check}}

exec "${shoal[@]}" run "$study" --run-dir "$run_dir"{{runOptions?}}
