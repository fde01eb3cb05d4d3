#!/usr/bin/env bash
# accounts.sh: the database of Slurm's accounts, and who may use which; host.sh sources it on the controller.
#
# The database lies in memory and goes with the host.
data=/run/mysqld
mkdir -p $data
"${clean[@]}" mariadb-install-db --no-defaults --user=root --datadir=$data/data \
  --auth-root-authentication-method=socket --skip-test-db >"$own/log/mariadb-install.log" 2>&1
"${clean[@]}" mariadbd --no-defaults --user=root --datadir=$data/data --socket=$data/mysqld.sock --skip-networking \
  --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 --pid-file=$data/mysqld.pid \
  >"$own/log/mariadbd.log" 2>&1 </dev/null &
for _ in {1..500}; do
  [ -S $data/mysqld.sock ] && break
  sleep 0.02
done
"${clean[@]}" /usr/sbin/slurmdbd
for _ in {1..500}; do
  "${clean[@]}" sacctmgr -n show cluster >/dev/null 2>&1 && break
  sleep 0.02
done
cluster=$(sed -n 's/^ClusterName=//p' /etc/slurm/slurm.conf)
"${clean[@]}" sacctmgr -i add cluster "$cluster" >"$own/log/sacctmgr.log" 2>&1
"${clean[@]}" sacctmgr -i add account physics >>"$own/log/sacctmgr.log" 2>&1
"${clean[@]}" sacctmgr -i add user root,user account=physics >>"$own/log/sacctmgr.log" 2>&1
