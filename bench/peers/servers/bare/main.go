// Command bare is the yardstick: a net/http handler that reads the body of each request, and
// answers one recorded response.
//
//	bare ADDRESS RECORDING
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
)

func main() {
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func serve(address, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var recorded struct {
		Status int
		Header http.Header
		Body   []byte
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		maps.Copy(w.Header(), recorded.Header)
		w.WriteHeader(recorded.Status)
		_, _ = w.Write(recorded.Body) // the client is gone if this fails
	}))
}
