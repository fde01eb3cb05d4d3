#!/usr/bin/env bash
# room.sh DIR: the machine room of a test cluster, with a switch, and one host for each line of DIR/hosts.
#
# Everything lives in namespaces below one process, which ends when its standard input does. So a cluster goes with
# whoever started it, also after a SIGKILL: the kernel then ends every process, mount, link and namespace of it.
set -u
export LC_ALL=C
dir=$1
self=$(readlink -f "$0")

if [ "${2:-}" != inside ]; then
  # A handler, not `trap ''`: what is ignored here would be ignored by every daemon of the cluster too.
  trap : INT TERM HUP
  unshare --mount --pid --net --fork --propagation private -- "$self" "$dir" inside
  [ ! -e "$dir/has-memory-cgroups" ] || find "/sys/fs/cgroup/memory/${dir##*/}" -depth -type d -exec rmdir {} + 2>/dev/null
  rm -rf --one-file-system "$dir"
  exit 0
fi

# /proc is still the machine's, so that this is our process id as the machine sees it.
read -r outer _ </proc/self/stat
mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns || exit 1
ip -batch - <<EOL || exit 1
link set lo up
link add br0 type bridge stp_state 0 forward_delay 0
link set br0 up
EOL
while read -r host address; do
  # Both ends are made inside namespaces: nothing of this network is seen from the machine's own.
  ip netns add "$host" && ip -batch - <<EOL || exit 1
link add v-$host type veth peer name eth0 netns $host
link set v-$host master br0 up
EOL
  ip -n "$host" -batch - <<EOL || exit 1
link set lo up
addr add $address/24 dev eth0
link set eth0 up
EOL
  "${self%/*}/host.sh" "$dir" "$host" </dev/null >>"$dir/h/$host/log/init.log" 2>&1 &
done <"$dir/hosts"
echo "$outer" >"$dir/room.pid.new" && mv "$dir/room.pid.new" "$dir/room.pid"
while read -r _; do :; done
