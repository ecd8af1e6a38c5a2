package command

import (
	"context"
	"io"
)

// interruptible returns a reader that ends with the context. A Read of a pipe waits as long
// as its writer does, and a text may have no end. The caller must close the reader.
func interruptible(ctx context.Context, from io.Reader) io.ReadCloser {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { _ = w.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(w, from)
		_ = w.CloseWithError(err)
	}()
	return r
}
