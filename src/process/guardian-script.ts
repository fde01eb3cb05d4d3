/**
 * What the guardian runs: a shell, because it is there everywhere and costs one megabyte where a second Node costs
 * forty. It lives in a session of its own and ignores what a terminal or a launcher sends to its starter.
 *
 * It reads `add ID` and `del ID`, where ID is a process that leads a session (and so a process group), until its
 * standard input closes: by `close`, or because the kernel closed it with the dead starter. Whatever is still listed
 * then gets TERM, and what has not gone after the grace gets KILL. Looking for members by session finds those that
 * moved to process groups of their own, as the ranks of Open MPI do; where there is no /proc, groups alone are ended.
 * Each gets TERM once: mpirun takes a second one for impatience and leaves its ranks behind.
 */
export const guardianScript = (graceMs: number): string => `
trap '' HUP INT TERM QUIT USR1 USR2 PIPE
cd /
ids=' '
while read -r verb id; do
  case $verb in
    add) ids="$ids$id " ;;
    del) case $ids in *" $id "*) ids="\${ids%% $id *} \${ids#* $id }" ;; esac ;;
  esac
done
[ "$ids" = ' ' ] && exit 0
find_members() {
  members=''
  for file in /proc/[0-9]*/stat; do
    read -r line < "$file" || continue
    pid=\${file#/proc/}
    set -- \${line##*) }
    [ "$1" = Z ] && continue
    case $ids in *" $4 "*) members="$members \${pid%/stat}" ;; esac
  done
  [ -e /proc/self/stat ] && return
  for id in $ids; do kill -s 0 -- "-$id" && members="$members -$id"; done
}
send() {
  for id in $members; do kill -s "$1" -- "$id"; done
}
find_members
send TERM
left=${Math.round(graceMs / 100)}
while [ "$left" -gt 0 ]; do
  find_members
  [ -z "$members" ] && exit 0
  sleep 0.1
  left=$((left - 1))
done
for round in 1 2 3; do
  find_members
  [ -z "$members" ] && exit 0
  send KILL
  sleep 0.1
done
`;
