package sqlite

import (
	"strings"
	"testing"
)

func TestNetworkFileSystemsAreRefused(t *testing.T) {
	for kind := range networks {
		if err := refuse("/data", kind); err == nil || !strings.Contains(err.Error(), "/data is on a network file system") {
			t.Errorf("%#x: the error is %v", kind, err)
		}
	}
	for _, kind := range []uint32{0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1} { // ext4, XFS, Btrfs, tmpfs, overlay, ZFS
		if err := refuse("/data", kind); err != nil {
			t.Errorf("%#x: %v", kind, err)
		}
	}
	if err := refuseNetwork(t.TempDir()); err != nil {
		t.Error(err)
	}
}
