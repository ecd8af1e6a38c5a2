#!/bin/sh
# Runs before the files of the package are removed. dpkg says "remove" and rpm says 0, unless it is an upgrade.
set -e
case $1 in
remove | 0)
    [ ! -d /run/systemd/system ] || systemctl disable --now afterhours.service
    ;;
esac
