#!/usr/bin/env bash
# host.sh DIR HOST: one host of a test cluster, started inside its machine room.
#
# The host has its own network, name, processes, /tmp, /run, /dev/shm and daemons; bash as its first process reaps
# orphans, and SIGKILL of that one process ends all of the host at once. The rest of the file system is shared.
set -u
export LC_ALL=C
dir=$1 host=$2 own=$1/h/$2
self=$(readlink -f "$0")

if [ "${3:-}" != inside ]; then
  cgroups=()
  if [ -e "$dir/has-memory-cgroups" ]; then
    # Each host has the memory of its jobs in a tree of its own.
    mkdir -p "/sys/fs/cgroup/memory/${dir##*/}/$host" &&
      echo "$BASHPID" >"/sys/fs/cgroup/memory/${dir##*/}/$host/cgroup.procs" && cgroups=(--cgroup)
  fi
  exec setsid nsenter --net="/run/netns/$host" \
    unshare "${cgroups[@]}" --mount --uts --ipc --pid --fork --propagation private -- "$self" "$dir" "$host" inside
fi

read -r outer _ </proc/self/stat
hostname "$host" || exit 1
mount -t proc proc /proc && mount -t sysfs sysfs /sys || exit 1
if [ -e "$dir/has-memory-cgroups" ]; then
  mount -t tmpfs tmpfs /sys/fs/cgroup && mkdir /sys/fs/cgroup/memory &&
    mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory || exit 1
fi
mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/sshd /run/munge /run/lock /run/slurm /run/keep || exit 1
mount -t tmpfs -o mode=1777,size=2g tmpfs /dev/shm
# MPI libraries and Slurm put folders with the host's name and process ids into /tmp, which would meet there.
count=0
while read -r path; do
  count=$((count + 1))
  mkdir "/run/keep/$count" && mount --rbind "$path" "/run/keep/$count"
done <"$dir/kept-of-tmp"
mount -t tmpfs -o mode=1777 tmpfs /tmp
count=0
while read -r path; do
  count=$((count + 1))
  mkdir -p "$path" && mount --rbind "/run/keep/$count" "$path"
done <"$dir/kept-of-tmp"
for file in hosts resolv.conf nsswitch.conf passwd group shadow pam.d/sshd; do
  mount --bind "$dir/etc/$file" "/etc/$file" || exit 1
done
mount --bind "$own/hostname" /etc/hostname
mount --bind "$own/ssh" /etc/ssh || exit 1
echo "$outer" >"$own/pid.new" && mv "$own/pid.new" "$own/pid"

cd /
. "$dir/environment"
"${clean[@]}" /usr/sbin/sshd -f /etc/ssh/sshd_config -E "$own/log/sshd.log"
if [ -d "$dir/etc/slurm" ]; then
  mount --bind "$dir/etc/slurm" /etc/slurm && mount --bind "$own/slurm" /var/lib/slurm &&
    mount --bind "$own/log" /var/log/slurm || exit 1
  "${clean[@]}" /usr/sbin/munged --force --key-file="$dir/etc/munge.key" --socket=/run/munge/munge.socket.2 \
    --pid-file=/run/munge/munged.pid --log-file="$own/log/munged.log" --seed-file="$own/munged.seed"
  if [ "$host" = ctl ]; then
    [ ! -e /etc/slurm/slurmdbd.conf ] || . "$dir/bin/accounts.sh"
    "${clean[@]}" /usr/sbin/slurmctld -f /etc/slurm/slurm.conf
  else
    # A slurmd that finds no controller asks again only after a second.
    for _ in {1..1500}; do
      (exec 3<>/dev/tcp/ctl/6817) 2>/dev/null && break
      sleep 0.02
    done
    "${clean[@]}" /usr/sbin/slurmd -f /etc/slurm/slurm.conf
  fi
fi
: >"$own/ready"
trap : TERM INT HUP
while :; do
  sleep 86400 &
  wait $!
done
