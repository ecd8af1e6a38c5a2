package simulation

import "math/rand/v2"

// tokensOfNode is how many parts of the ring a node begins, as by default in Cassandra 5.
const tokensOfNode = 16

// placement says which nodes have an owner. All parts of the ring are of the same size, which is what Cassandra's
// allocation of tokens aims at.
type placement struct {
	parts    [][]int32 // the replicas of each part, the first one first
	replicas int
}

func newPlacement(nodes, replicas int, random *rand.Rand) *placement {
	owners := make([]int32, 0, nodes*tokensOfNode)
	for n := range nodes * tokensOfNode {
		owners = append(owners, int32(n%nodes))
	}
	random.Shuffle(len(owners), func(a, b int) { owners[a], owners[b] = owners[b], owners[a] })
	p := &placement{parts: make([][]int32, len(owners)), replicas: min(replicas, nodes)}
	for n := range owners {
		p.parts[n] = distinct(owners, n, p.replicas)
	}
	return p
}

// distinct returns the first nodes from a part on, each once.
func distinct(owners []int32, from, count int) (found []int32) {
next:
	for n := from; len(found) < count; n++ {
		owner := owners[n%len(owners)]
		for _, one := range found {
			if one == owner {
				continue next
			}
		}
		found = append(found, owner)
	}
	return found
}

// of returns the replicas of a partition.
func (p *placement) of(key uint64) []int32 { return p.parts[scatter(key)%uint64(len(p.parts))] }

// scatter returns a number that looks random and is always the same for the key (the finaliser of SplitMix64).
func scatter(key uint64) uint64 {
	key += 0x9e3779b97f4a7c15
	key = (key ^ key>>30) * 0xbf58476d1ce4e5b9
	key = (key ^ key>>27) * 0x94d049bb133111eb
	return key ^ key>>31
}
