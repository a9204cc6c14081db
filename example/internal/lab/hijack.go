package lab

import (
	"bufio"
	"io"
	"net/http"
	"time"

	"github.com/failwell/failwell/apierr"
)

// maxLine is the most bytes of a line that hijack echoes.
const maxLine = 1024

// hijack takes the connection over, answers 101 and sends one line back.
func hijack(w http.ResponseWriter, r *http.Request) error {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return apierr.NotImplemented.Wrap(err) // HTTP/2 has no connection to give
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil // the client has gone: nobody can receive an error
	}
	h := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"lab-echo"}}
	apierr.Propagate(r.Context(), h) // the handler writes the header of a hijacked connection, IDs included
	io.WriteString(buf, "HTTP/1.1 101 Switching Protocols\r\n")
	h.Write(buf)
	io.WriteString(buf, "\r\n")
	if buf.Flush() != nil {
		return nil
	}
	line, _ := bufio.NewReader(io.LimitReader(buf, maxLine)).ReadString('\n')
	io.WriteString(buf, line)
	buf.Flush() // the client has gone
	return nil
}
