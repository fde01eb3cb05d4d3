/**
 * What the guardian runs: a shell, because it is there everywhere and costs one megabyte where a second Node costs
 * forty. It lives in a session of its own and ignores what a terminal or a launcher sends to its starter.
 *
 * It reads lines until its standard input closes: by `close`, or because the kernel closed it with the dead starter.
 * `add ID` and `del ID`: a process that leads a session (and so a process group); looking for members by session finds
 * those that moved to process groups of their own, as the ranks of Open MPI do. `mark WORD` and `unmark`: all processes
 * with this word in their environment, which they inherit from one another; so nothing has to be said of commands that
 * come and go by the thousand. Where there is no /proc, groups alone are ended.
 *
 * Whatever is found at the end gets TERM, and what has not gone after the grace gets KILL. Each gets TERM once: mpirun
 * takes a second one for impatience and leaves its ranks behind. It is over when two looks in a row find nothing, since
 * what is being started has the old environment for a moment. The grace is told by the clock and not by counting looks,
 * which take their time on a busy machine. A shell reads a line byte by byte, so that the numbers of all processes are
 * only gone through where a session is watched.
 */
export const guardianScript = (graceMs: number): string => `
trap '' HUP INT TERM QUIT USR1 USR2 PIPE
cd /
ids=' '
marks=''
while read -r verb id; do
  case $verb in
    add) ids="$ids$id " ;;
    del) case $ids in *" $id "*) ids="\${ids%% $id *} \${ids#* $id }" ;; esac ;;
    mark) marks="$marks -e $id" ;;
    unmark) marks='' ;;
  esac
done
[ "$ids$marks" = ' ' ] && exit 0
find_members() {
  members=''
  [ "$ids" = ' ' ] || for file in /proc/[0-9]*/stat; do
    read -r line < "$file" || continue
    pid=\${file#/proc/}
    set -- \${line##*) }
    [ "$1" = Z ] && continue
    case $ids in *" $4 "*) members="$members \${pid%/stat}" ;; esac
  done
  [ -n "$marks" ] && for file in $(grep -lsF $marks /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    members="$members \${pid%/environ}"
  done
  [ -e /proc/self/stat ] && return
  for id in $ids; do kill -s 0 -- "-$id" && members="$members -$id"; done
}
termed=' '
send_term() {
  for id in $members; do
    case $termed in *" $id "*) continue ;; esac
    termed="$termed$id "
    kill -s TERM -- "$id"
  done
}
send_kill() {
  for id in $members; do kill -s KILL -- "$id"; done
}
look() {
  find_members
  if [ -n "$members" ]; then
    empty=0
    "$1"
  else
    empty=$((empty + 1))
    [ "$empty" -eq 2 ] && exit 0
  fi
  sleep 0.1
}
read_clock() {
  looks=$((looks + 1))
  read -r up rest < /proc/uptime && seconds=\${up%.*} || seconds=$((looks / 10))
}
empty=0
looks=0
read_clock
end=$((seconds + ${Math.ceil(graceMs / 1000)}))
while [ "$seconds" -le "$end" ]; do
  look send_term
  read_clock
done
for round in 1 2 3; do look send_kill; done
`;
