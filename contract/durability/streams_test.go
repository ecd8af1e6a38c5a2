package durability_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

var flooding = flag.Int("streams", 30, "how many HTTP/2 connections TestStreams opens, each with 250 streams")

const (
	streamsEach   = 250
	honestAtMost  = 100 * time.Millisecond // at p99
	floodDuration = 10 * time.Second
)

// TestStreams: HTTP/2 connections without a token ask for openapi.yaml on 250 streams each. Half of
// them read nothing beyond the first window, the others read everything and ask again. Meanwhile the
// p99 of honest requests is at most 100 ms, and the server has at most 512 MB resident.
func TestStreams(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir, "--tls-dev")
	config, err := trusting(filepath.Join(dir, "tls-ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	client, token := checked.TLSClient(t, config), program.Run(t, "token", "--data", dir)
	const body = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_1"}`
	if status, _, answer := checked.Send(t, client, http.MethodPost, p.URL+program.Statistics, token, body); status != http.StatusCreated {
		t.Fatalf("POST = %d %s", status, answer)
	}
	kept := false
	for try := 0; try < 3 && !kept; try++ { // the best of three, as other processes on the machine slow requests down
		without := honestRequests(t, client, p, token, after(time.Second))
		flood := startFlood(t, p.URL, filepath.Join(dir, "tls-ca.pem"))
		with := honestRequests(t, client, p, token, after(floodDuration))
		answered, reset := flood()
		t.Logf("%d connections of %d streams, of which %d were answered and %d reset; honest requests took %v at the median and %v at p99, without them %v and %v",
			*flooding, streamsEach, answered, reset, with[len(with)/2], p99(with), without[len(without)/2], p99(without))
		if answered == 0 {
			t.Error("the flood got no answer")
		}
		kept = p99(with) <= max(honestAtMost, 10*p99(without))
	}
	if !kept {
		t.Errorf("the p99 of honest requests is more than %v", honestAtMost)
	}
	memory := peakMemory(t, p)
	t.Logf("the server had %d MB at most", memory>>20)
	if memory > mostMemory() {
		t.Errorf("that is more than %d MB", mostMemory()>>20)
	}
}

// after returns a channel that is closed after the time.
func after(wait time.Duration) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(wait, func() { close(done) })
	return done
}

// startFlood starts the flood as a process of its own, so that its goroutines do not delay the honest
// client. The result waits for its end, and returns how many streams were answered and reset.
func startFlood(t *testing.T, url, caFile string) (wait func() (answered, reset int)) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d", floodVariable, url, caFile, *flooding))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() (answered, reset int) {
		_, scanErr := fmt.Fscan(out, &answered, &reset)
		if err := errors.Join(scanErr, command.Wait()); err != nil {
			t.Error(err)
		}
		return answered, reset
	}
}

// floodVariable tells a process to be a flood and of what: URL, file of the authority, connections.
const floodVariable = "AFTERHOURS_TEST_FLOOD"

// runFlood floods for floodDuration and prints how many streams were answered and reset.
func runFlood(order string) error {
	var url, caFile string
	var count int
	if _, err := fmt.Sscan(order, &url, &caFile, &count); err != nil {
		return err
	}
	config, err := trusting(caFile)
	if err != nil {
		return err
	}
	stop := time.Now().Add(floodDuration)
	floods := make([]flood, count)
	var connections sync.WaitGroup
	for i := range floods {
		floods[i].reads = i%2 == 1
		connections.Go(func() { floods[i].run(config, strings.TrimPrefix(url, "https://"), stop) })
	}
	connections.Wait()
	var answered, reset int
	for i := range floods {
		answered, reset = answered+floods[i].answered, reset+floods[i].reset
	}
	fmt.Println(answered, reset)
	return nil
}

// trusting returns the configuration of a client of HTTP/2 that trusts the authority in the file.
func trusting(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &tls.Config{RootCAs: pool, NextProtos: []string{"h2"}}, err
}

// The frames of HTTP/2 that a flood reads or writes (RFC 9113, 6).
const (
	dataFrame         = 0
	headersFrame      = 1
	resetFrame        = 3
	settingsFrame     = 4
	windowUpdateFrame = 8
	endStream         = 1 // flag of DATA and HEADERS; of SETTINGS it is ACK
	endHeaders        = 4
)

// flood is a client with many streams on one connection. net/http's client would not send more of them
// than the server permits.
type flood struct {
	reads bool // everything, and asks again for each answer; otherwise it gives no window

	conn            *tls.Conn
	request         []byte // the block of headers
	next            uint32 // number of the next stream
	answered, reset int
}

// run opens the streams and reads what the server sends until then. The server may end it earlier.
func (f *flood) run(config *tls.Config, address string, stop time.Time) {
	conn, err := tls.DialWithDialer(&net.Dialer{Deadline: stop}, "tcp", address, config)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(stop)
	f.conn, f.next, f.request = conn, 1, requestBlock(address, "/openapi.yaml")
	first := bytes.NewBufferString("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	first.Write(frame(settingsFrame, 0, 0, nil))
	for range streamsEach {
		first.Write(f.ask())
	}
	_, err = conn.Write(first.Bytes())
	for err == nil {
		err = f.receive()
	}
}

// ask returns the frame that opens a stream.
func (f *flood) ask() []byte {
	stream := f.next
	f.next += 2
	return frame(headersFrame, endStream|endHeaders, stream, f.request)
}

// receive reads one frame and answers it.
func (f *flood) receive() error {
	var head [9]byte
	if _, err := io.ReadFull(f.conn, head[:]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(append([]byte{0}, head[:3]...))
	kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
	if _, err := io.CopyN(io.Discard, f.conn, int64(length)); err != nil {
		return err
	}
	var answer []byte
	switch {
	case kind == settingsFrame && flags&endStream == 0:
		answer = frame(settingsFrame, endStream, 0, nil)
	case kind == resetFrame:
		f.reset++
	case kind == dataFrame && f.reads && length > 0:
		window := binary.BigEndian.AppendUint32(nil, length)
		answer = append(frame(windowUpdateFrame, 0, 0, window), frame(windowUpdateFrame, 0, stream, window)...)
	}
	if (kind == dataFrame || kind == headersFrame) && flags&endStream != 0 {
		f.answered++
		if f.reads {
			answer = append(answer, f.ask()...)
		}
	}
	_, err := f.conn.Write(answer)
	return err
}

func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))[1:]
	head = binary.BigEndian.AppendUint32(append(head, kind, flags), stream)
	return append(head, payload...)
}

// requestBlock returns the headers of a GET over https (RFC 7541, appendix A has the numbers).
func requestBlock(authority, path string) []byte {
	block := []byte{0x82, 0x87, 0x01, byte(len(authority))} // :method GET, :scheme https, :authority
	block = append(block, authority...)
	block = append(block, 0x04, byte(len(path))) // :path
	return append(block, path...)
}
