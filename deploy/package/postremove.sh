#!/bin/sh
# Runs after the files of the package are gone. dpkg says "purge" when its configuration goes, too; rpm says 0.
set -e
[ ! -d /run/systemd/system ] || systemctl daemon-reload
case $1 in
purge | 0)
    if [ -d /var/lib/afterhours ]; then
        echo "afterhours: the data in /var/lib/afterhours and the user afterhours are left; to remove them:"
        echo "  rm -r /var/lib/afterhours && userdel afterhours"
    fi
    ;;
esac
