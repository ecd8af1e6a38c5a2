package sqlite

import (
	"fmt"
	"syscall"
)

// networks are the names of network file systems, by their numbers in Linux's statfs(2).
var networks = map[uint32]string{
	0x6969: "NFS", 0x517b: "SMB", 0xff534d42: "CIFS", 0xfe534d42: "SMB2", 0x5346414f: "AFS", 0x73757245: "Coda",
	0x00c36400: "Ceph", 0x0bd00bd0: "Lustre", 0x19830326: "BeeGFS", 0x47504653: "GPFS",
}

// refuseNetwork returns an error if the folder is on a network file system. Those lack the
// locks that SQLite needs, and the journal needs shared memory.
func refuseNetwork(dir string) error {
	var found syscall.Statfs_t
	if err := syscall.Statfs(dir, &found); err != nil {
		return fmt.Errorf("looking at the file system of %s: %w", dir, err)
	}
	return refuse(dir, uint32(found.Type))
}

func refuse(dir string, kind uint32) error {
	if name, is := networks[kind]; is {
		return fmt.Errorf("%s is on a network file system (%s), which lacks the locks that SQLite needs: use a disk of this machine, or --store postgres://... for several machines", dir, name)
	}
	return nil
}

// readOnlyFlag is ST_RDONLY of statfs(2).
const readOnlyFlag = 1

// refuseReadOnlySystem returns an error if the file is on a file system that can only be read.
func refuseReadOnlySystem(path string) error {
	var found syscall.Statfs_t
	if err := syscall.Statfs(path, &found); err == nil && found.Flags&readOnlyFlag != 0 {
		return fmt.Errorf("the file system of %s has become read-only: the log of the operating system tells why", path)
	}
	return nil
}
