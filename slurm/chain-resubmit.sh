# The study goes on in the next link of the chain, a job that waits for the end of this one.
if ((progress == 0)); then
  echo "the chain stops: $after of $cases cases are done, as many as before this job" >&2
  exit 1
fi
# A controller that restarts is waited for, and a link that it has taken already is not submitted again.
for _ in {1..10}; do
  [[ "$(squeue --me --noheader --format=%E) " =~ "afterany:{{job}}"[^0-9] ]] ||
    sbatch --dependency="afterany:{{job}}" {{arrayTask?}}"$0" && break
  sleep 5
done
