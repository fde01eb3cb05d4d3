# One step of the pipeline: sh step.sh STEP PART. Steps pass files on in the folder `parts`.
set -eu
case $1 in
prepare)
  rm -rf parts
  mkdir parts
  file=/dev/null
  ;;
fetch)
  # Stands for a download; at the first attempt the server of the even parts does not answer.
  if [ $(($2 % 2)) = 0 ] && mkdir "parts/asked-$2" 2>/dev/null; then
    echo "no answer for part $2" >&2
    exit 75
  fi
  file=parts/part-$2
  awk -v seed="$2" 'BEGIN { srand(seed); for (i = 0; i < 50000; i++) printf "%.6f\n", rand() }' >"$file"
  ;;
sort)
  file=parts/sorted-$2
  sort -n --parallel="$OMP_NUM_THREADS" "parts/part-$2" >"$file"
  ;;
merge)
  file=parts/all
  sort -n -m parts/sorted-* >"$file"
  ;;
esac
echo "threads = $OMP_NUM_THREADS"
echo "lines = $(wc -l <"$file")"
