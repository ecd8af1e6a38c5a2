#!/bin/sh
# Runs after dpkg or rpm has installed or upgraded the package.
set -e
getent passwd afterhours >/dev/null ||
    useradd --system --user-group --no-create-home --home-dir /var/lib/afterhours --shell /usr/sbin/nologin afterhours
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart afterhours.service # does nothing unless it runs
fi
