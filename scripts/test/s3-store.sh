#!/usr/bin/env bash
# A real S3 store for tests: one-node Ceph (mon + in-memory OSD + RADOS Gateway) on loopback.
#   s3-store.sh install         unpack Ceph from Debian into $S3STORE_TREE (nothing is installed on the host)
#   s3-store.sh [start]         install if needed; start empty; no-op when it is already healthy
#   s3-store.sh stop | restart | status | version
#   s3-store.sh admin ARGS...   radosgw-admin ARGS (more users, usage, ...)
# Needs: root, bash, apt, dpkg-deb, tar, unshare/flock/setsid (util-linux), debian-archive-keyring.
set -euo pipefail
umask 077

SUITE=${S3STORE_SUITE:-forky}                  # forky: Ceph 20.2, bookworm: Ceph 16.2
BASE=${S3STORE_BASE:-${TMPDIR:-/tmp}/s3store}
R=${S3STORE_TREE:-$BASE/tree-$SUITE}           # the unpacked Debian tree, kept between runs
D=${S3STORE_DIR:-$BASE/data-$SUITE}            # data, logs, pids, sockets: wiped at each start; keep it short
PORT=${S3_PORT:-9000}
MON_PORT=${S3STORE_MON_PORT:-40300}            # and the OSD takes MON_PORT+10..+90
REGION=${S3_REGION:-us-east-1}
KEY=${S3_ACCESS_KEY:-TESTACCESSKEY0000001}
SECRET=${S3_SECRET_KEY:-testsecretkey00000000000000000000000001}
LC_DAY=${S3STORE_LC_DAY_SECONDS:--1}           # e.g. 10: a lifecycle 'day' lasts 10 seconds
CONF=$D/ceph.conf

log() { printf '[s3store] %s\n' "$*" >&2; }
healthy() ( # 200 to an anonymous GET /
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
  printf 'GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
  IFS= read -r -t 3 line <&3 && [[ $line == HTTP/1.?' 200'* ]]
) 2>/dev/null

install_tree() {
  [ -x "$R/usr/bin/radosgw" ] && return 0
  local w=$BASE/apt-$SUITE uri opt f
  log "unpacking Ceph from Debian $SUITE into $R"
  rm -rf "$w" "$R.new"; mkdir -p "$w"/{lists/partial,cache/archives/partial} "$R.new"
  # the Debian mirror that this machine is set up with
  uri=$(apt-get update --print-uris 2>/dev/null | sed -n "s#^'\([^']*/debian/\)dists/[^/]*/InRelease'.*#\1#p" | sort -u | sed -n 1p)
  [ -n "$uri" ] || { log "no Debian source in this machine's apt configuration"; return 1; }
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $SUITE main" >"$w/sources.list"
  [ "$SUITE" = bookworm ] && echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri%debian/}debian-security/ bookworm-security main" >>"$w/sources.list"
  : >"$w/status"                              # an empty machine: apt then resolves the whole closure
  opt=(-qq -o "Dir::State=$w" -o "Dir::State::lists=$w/lists" -o "Dir::State::status=$w/status" -o "Dir::Cache=$w/cache"
       -o "Dir::Etc::sourcelist=$w/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
       -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::Languages=none)
  apt-get "${opt[@]}" update
  DEBIAN_FRONTEND=noninteractive apt-get "${opt[@]}" -y --no-install-recommends --download-only \
    install radosgw ceph-mon ceph-osd ceph-common >"$w/apt.log" 2>&1 || { tail -20 "$w/apt.log" >&2; return 1; }
  mkdir -p "$R.new"/usr/{bin,sbin,lib,lib64} "$R.new"/{proc,dev,sys,tmp,run}
  for f in bin sbin lib lib64; do ln -s "usr/$f" "$R.new/$f"; done
  for f in "$w"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$f" | tar -x -C "$R.new" --keep-directory-symlink --no-same-owner \
      --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale'
  done
  rm -rf "$w" "$R"; mv "$R.new" "$R"
}

# Prefix that runs a program of the tree: chroot in a private mount namespace, which ends with the program.
IN=(unshare --mount --propagation private /bin/sh -ec '
  r=$1 d=$2; shift 2; mkdir -p "$r$d"
  for m in proc dev sys; do mount --rbind "/$m" "$r/$m"; done
  mount --bind "$d" "$r$d"; cd /
  exec env -i PATH=/usr/bin:/usr/sbin LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 "$(command -v chroot)" "$r" "$@"' sh "$R" "$D")
run() { timeout 90 "${IN[@]}" "$@"; }
ceph() { run /usr/bin/ceph -c "$CONF" --connect-timeout 30 "$@"; }
rgwadmin() { run /usr/bin/radosgw-admin -c "$CONF" "$@"; }

# name program -> its pid, only while that pid still is the program that we started
ours() {
  local p; p=$(cat "$D/run/$1.pid" 2>/dev/null) && [ -n "$p" ] || return 1
  [ "$(basename "$(readlink "/proc/$p/exe" 2>/dev/null)")" = "$2" ] || return 1
  tr '\0' '\n' <"/proc/$p/cmdline" | grep -qxF "$CONF" || return 1
  printf '%s' "$p"
}
all_ours() { ours mon ceph-mon && ours osd ceph-osd && ours rgw radosgw; } >/dev/null
stop_one() { # name program tenths-of-a-second; nothing is kept, so KILL after that is harmless
  local p i
  if p=$(ours "$1" "$2"); then
    kill -TERM "$p" 2>/dev/null || true
    for ((i = 0; i < $3; i++)); do ours "$1" "$2" >/dev/null || break; sleep 0.1; done
    ! ours "$1" "$2" >/dev/null || kill -KILL "$p" 2>/dev/null || true
  fi
  rm -f "$D/run/$1.pid"
}
stop_all() { stop_one rgw radosgw 10; stop_one osd ceph-osd 50; stop_one mon ceph-mon 50; }  # radosgw 20 takes >20 s by itself
spawn() { # name program args...: in a session of its own, in the foreground there, so $! is the daemon's pid
  local n=$1; shift
  setsid "${IN[@]}" "$@" -c "$CONF" -f </dev/null >"$D/log/$n.out" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
  echo $! >"$D/run/$n.pid"
}
fail() { log "$*"; tail -n 15 "$D"/log/* >&2 2>/dev/null || true; stop_all; exit 1; }

start() {
  install_tree
  if all_ours && healthy; then log "already up: http://127.0.0.1:$PORT"; return 0; fi
  stop_all
  if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then log "port $PORT is taken"; exit 1; fi
  rm -rf "$D"; mkdir -p "$D"/{run,log,mon,osd,crash}
  local fsid osd i
  fsid=$(</proc/sys/kernel/random/uuid); osd=$(</proc/sys/kernel/random/uuid); : >"$D/keyring"
  cat >"$CONF" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$MON_PORT]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = $((MON_PORT + 10))
ms bind port max = $((MON_PORT + 90))
# no cephx between the daemons: loopback only. radosgw asks for a 'secure' mon link, which needs cephx
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
keyring = $D/keyring
admin socket = $D/run/\$name.\$pid.asok
log file = $D/log/\$name.log
mon cluster log file = $D/log/cluster.log
run dir = $D/run
crash dir = $D/crash
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.05
paxos min wait = 0.01

[mon]
mon data = $D/mon
mon data avail crit = 1
mon data avail warn = 2

[osd]
osd data = $D/osd
osd objectstore = memstore
memstore device bytes = 8589934592
osd numa auto affinity = false

[client.rgw.s3store]
rgw frontends = beast endpoint=127.0.0.1:$PORT
rgw enable apis = s3
rgw thread pool size = 64
rgw crypt require ssl = false
rgw gc obj min wait = 5
rgw gc processor period = 10
rgw lc debug interval = $LC_DAY
CONF
  run /usr/bin/monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$MON_PORT]" "$D/monmap" >"$D/log/mkfs.out" 2>&1 || fail "monmaptool failed"
  run /usr/bin/ceph-mon -c "$CONF" --mkfs -i a --monmap "$D/monmap" --keyring "$D/keyring" >>"$D/log/mkfs.out" 2>&1 || fail "mon mkfs failed"
  spawn mon /usr/bin/ceph-mon -i a
  ceph osd new "$osd" >"$D/log/osd-new.out" 2>&1 || fail "the mon did not come up"
  run /usr/bin/ceph-osd -c "$CONF" -i 0 --mkfs --osd-uuid "$osd" >>"$D/log/mkfs.out" 2>&1 || fail "osd mkfs failed"
  spawn osd /usr/bin/ceph-osd -i 0
  for ((i = 0; i < 150; i++)); do ceph osd dump 2>/dev/null | grep -q '^osd\.0 up' && break; sleep 0.1; done
  [ "$i" -lt 150 ] || fail "the osd did not come up"
  rgwadmin user create --uid=s3store --display-name=s3store --access-key="$KEY" --secret-key="$SECRET" >"$D/log/user.out" 2>&1 || fail "could not make the S3 user"
  rgwadmin zonegroup modify --rgw-zonegroup=default --api-name="$REGION" >"$D/log/zonegroup.out" 2>&1 || fail "could not set the region"
  spawn rgw /usr/bin/radosgw -n client.rgw.s3store
  for ((i = 0; i < 300; i++)); do healthy && break; kill -0 "$(cat "$D/run/rgw.pid")" 2>/dev/null || fail "radosgw died"; sleep 0.1; done
  [ "$i" -lt 300 ] || fail "radosgw did not answer"
  log "up: http://127.0.0.1:$PORT region $REGION ($(run /usr/bin/radosgw --version))"
}

mkdir -p "$BASE"
exec 9>"$BASE/lock-$SUITE"; flock -w 300 9      # two starts at once: the second waits, then finds it up
case ${1:-start} in
  install) install_tree ;;
  start) start ;;
  stop) stop_all; log stopped ;;
  restart) stop_all; start ;;
  status) if all_ours && healthy; then log up; else log down; exit 1; fi ;;
  version) mkdir -p "$D"; run /usr/bin/radosgw --version ;;
  admin) shift; rgwadmin "$@" ;;
  *) echo "usage: $0 [install|start|stop|restart|status|version|admin ...]" >&2; exit 2 ;;
esac
