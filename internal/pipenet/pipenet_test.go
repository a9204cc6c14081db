package pipenet_test

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/pipenet"
)

func TestServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &http.Client{Transport: pipenet.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Hour)
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			require.NoError(t, err)
			io.WriteString(w, host)
		}))}
		began := time.Now()
		resp, err := c.Get("http://api.test/")
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1", string(body))
		require.Equal(t, time.Hour, time.Since(began))
	})
}

func TestClosed(t *testing.T) {
	l := pipenet.Listen()
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	_, err := l.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	_, err = l.Dial(t.Context(), "", "")
	require.ErrorIs(t, err, net.ErrClosed)
}
