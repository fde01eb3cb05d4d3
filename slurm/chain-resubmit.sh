# The study goes on in the next link of the chain, a job that waits for the end of this one.
if ((progress == 0)); then
  echo "the chain stops: $after of $cases cases are done, as many as before this job" >&2
  exit 1
fi
sbatch --dependency="afterany:{{job}}" {{arrayTask?}}"$0"
