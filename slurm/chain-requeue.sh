# The study goes on in the next link of the chain: in this job again, or in a new one where jobs cannot be requeued.
if ((progress == 0)); then
  echo "the chain stops: $after of $cases cases are done, as many as before this job" >&2
  exit 1
fi
echo "the study goes on in the next link of the chain"
# Slurm ends all of a job that it requeues, scontrol too: that must not look like a refusal, or there were two jobs.
trap '' TERM
{{tidy?}}# A controller that restarts is waited for, and a link that it has taken already is not submitted again.
tries=0
until scontrol requeue "{{job}}" || [[ "$(squeue --me --noheader --format=%E) " =~ "afterany:{{job}}"[^0-9] ]] ||
  sbatch --dependency="afterany:{{job}}" {{arrayTask?}}"$0"; do
  ((++tries < 10)) || { echo "the chain stops: Slurm takes no next link; submit the study again to go on" >&2; exit 1; }
  sleep 5
done
