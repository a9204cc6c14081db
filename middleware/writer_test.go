package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The calls of a handler, and what the client gets of them.
func TestWriteHeader(t *testing.T) {
	for _, test := range []struct {
		name   string
		calls  []int // of WriteHeader; 0 and over 999 are no statuses
		text   string
		status int
		body   string
		code   string
	}{
		{"nothing", nil, "", 200, "", ""},
		{"text alone", nil, "x", 200, "x", ""},
		{"twice", []int{201, 202}, "x", 201, "x", ""},
		{"a failure too late", []int{200, 500}, "x", 200, "x", ""},
		{"a success too late", []int{404, 200}, "x", 404, "", "RESOURCE_NOT_FOUND"},
		{"two failures", []int{404, 500}, "x", 404, "", "RESOURCE_NOT_FOUND"},
		{"hints before", []int{103, 102, 201}, "x", 201, "x", ""},
		{"hints before a failure", []int{103, 418}, "", 418, "", "HTTP_418"},
		{"hints too late", []int{404, 103}, "", 404, "", "RESOURCE_NOT_FOUND"},
		{"0", []int{0}, "x", 500, "", "INTERNAL_SERVER_ERROR"},
		{"99", []int{99}, "", 500, "", "INTERNAL_SERVER_ERROR"},
		{"1000", []int{1000}, "", 500, "", "INTERNAL_SERVER_ERROR"},
		{"-1", []int{-1}, "", 500, "", "INTERNAL_SERVER_ERROR"},
		{"0 too late", []int{200, 0}, "x", 200, "x", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for _, status := range test.calls {
					w.WriteHeader(status)
				}
				if test.text != "" {
					io.WriteString(w, test.text)
				}
			}), func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, test.code, r.code())
				if test.code == "" {
					require.Equal(t, test.body, r.body)
				}
				rec := s.one(t)
				require.EqualValues(t, test.status, rec["status"])
				require.EqualValues(t, len(r.body), rec["bytes"])
				if test.code == "INTERNAL_SERVER_ERROR" {
					require.Equal(t, "middleware: the handler called WriteHeader("+strconv.Itoa(test.calls[0])+")", rec["cause"])
				}
				require.Empty(t, s.errors.String())
			})
		})
	}
}

// 1xx go out at once, with the headers of the moment.
func TestInformational(t *testing.T) {
	for name, end := range map[string]http.Handler{"a success": writes(200, "x"), "a bare failure": writes(418, ""), "a panic": panics("boom"), "an error": returns(apierr.Conflict)} {
		t.Run(name, func(t *testing.T) {
			hints := make(chan bool, 1)
			onWire(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				<-hints
				w.WriteHeader(http.StatusProcessing)
				end.ServeHTTP(w, r)
			}), func(t *testing.T, s *site) {
				var got []int
				r, _ := http.NewRequest("GET", s.URL, nil)
				r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
					Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
						if got = append(got, code); code == 103 {
							require.Equal(t, "</style.css>; rel=preload", h.Get("Link"))
							require.Empty(t, h.Get("Content-Type"))
							hints <- true // the handler waits for it
						}
						return nil
					},
				}))
				reply := s.send(r)
				require.NoError(t, reply.err)
				require.Equal(t, []int{103, 102}, got)
				require.GreaterOrEqual(t, reply.StatusCode, 200)
				require.Equal(t, "</style.css>; rel=preload", reply.Header.Get("Link"))
			})
		})
	}
}

// Both kinds of trailers arrive behind a success, and none behind a failure.
func TestTrailers(t *testing.T) {
	trailing := func(status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Declared")
			w.WriteHeader(status)
			io.WriteString(w, "body")
			w.(http.Flusher).Flush()
			w.Header().Set("X-Declared", "1")
			w.Header().Set(http.TrailerPrefix+"X-Undeclared", "2")
		})
	}
	onWire(t, trailing(200), func(t *testing.T, s *site) {
		r := s.get("/")
		require.Equal(t, "body", r.body)
		require.Equal(t, http.Header{"X-Declared": {"1"}, "X-Undeclared": {"2"}}, r.Trailer)
	})
	onWire(t, trailing(404), func(t *testing.T, s *site) {
		r := s.get("/")
		require.Equal(t, "body", r.failure(t).Message)
		require.Empty(t, r.Trailer)
	})
}

// What is flushed is there before the handler goes on.
func TestFlush(t *testing.T) {
	for name, flush := range map[string]func(http.ResponseWriter){
		"Flusher":            func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"ResponseController": func(w http.ResponseWriter) { http.NewResponseController(w).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			read := make(chan bool)
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, "one\n")
				flush(w)
				<-read
				io.WriteString(w, "two\n")
			})
			onWire(t, h, func(t *testing.T, s *site) {
				resp, err := s.client.Get(s.URL)
				require.NoError(t, err)
				defer resp.Body.Close()
				lines := bufio.NewReader(resp.Body)
				line, err := lines.ReadString('\n')
				require.True(t, line == "one\n" && err == nil)
				read <- true
				line, err = lines.ReadString('\n')
				require.True(t, line == "two\n" && err == nil)
			})
		})
	}
}

// Deadlines and full duplex work through the writer.
func TestDeadlinesAndDuplex(t *testing.T) {
	duplex := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.ProtoMajor == 1 {
			require.NoError(t, c.EnableFullDuplex())
		}
		require.NoError(t, c.SetReadDeadline(time.Now().Add(patience)))
		require.NoError(t, c.SetWriteDeadline(time.Now().Add(patience)))
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			fmt.Fprintf(w, "echo %s\n", lines.Text())
			require.NoError(t, c.Flush())
		}
	})
	onWire(t, duplex, func(t *testing.T, s *site) {
		body, pipe := io.Pipe()
		r, _ := http.NewRequest("POST", s.URL, body)
		go io.WriteString(pipe, "1\n")
		resp, err := s.client.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		answers := bufio.NewReader(resp.Body)
		for _, word := range []string{"1", "2", "3"} {
			if word != "1" {
				io.WriteString(pipe, word+"\n")
			}
			line, err := answers.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "echo "+word+"\n", line)
		}
		pipe.Close()
	})
}

// fromSpy is a server's writer that records what its ReadFrom was given.
type fromSpy struct {
	*httptest.ResponseRecorder
	from []io.Reader
}

func (w *fromSpy) ReadFrom(r io.Reader) (int64, error) {
	w.from = append(w.from, r)
	return io.Copy(struct{ io.Writer }{w.ResponseRecorder}, r)
}

// A file reaches the server's ReadFrom as a file, so that sendfile moves it.
func TestSendfile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	content := strings.Repeat("0123456789abcdef", 1000)
	require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	open := func() *os.File {
		f, err := os.Open(name)
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		file    func(io.Reader) bool
	}{
		{"http.ServeFile", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) }, func(r io.Reader) bool {
			l, limited := r.(*io.LimitedReader)
			if !limited {
				return false
			}
			_, file := l.R.(*os.File)
			return file
		}},
		{"io.Copy", func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, open()) }, func(r io.Reader) bool {
			_, file := r.(interface{ Fd() uintptr }) // os.File without its WriteTo
			return file
		}},
		{"io.CopyN", func(w http.ResponseWriter, _ *http.Request) { io.CopyN(w, open(), int64(len(content))) }, func(r io.Reader) bool {
			_, limited := r.(*io.LimitedReader)
			return limited
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &fromSpy{ResponseRecorder: httptest.NewRecorder()}
			middleware.New(apierr.Standard, middleware.WithLogger(nil))(test.handler).ServeHTTP(w, serverRequest())
			require.Equal(t, content, w.Body.String())
			require.Len(t, w.from, 1)
			require.True(t, test.file(w.from[0]), "%T", w.from[0])
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, content, r.body)
				require.EqualValues(t, len(content), s.one(t)["bytes"])
			})
		})
	}
}

// A copy whose source fails before a byte has committed nothing.
func TestCopyThatFailsAtOnce(t *testing.T) {
	for text, whole := range map[string]bool{"": true, "x": false} {
		onWire(t, apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.Copy(w, struct{ io.Reader }{io.MultiReader(strings.NewReader(text), badReader{})})
			return err
		}), func(t *testing.T, s *site) {
			r := s.get("/")
			if !whole {
				require.Error(t, r.err)
				return
			}
			require.Equal(t, 500, r.StatusCode)
			require.Equal(t, apierr.Internal.Code, r.failure(t).Code)
		})
	}
}

type badReader struct{}

func (badReader) Read([]byte) (int, error) { return 0, io.ErrNoProgress }

// Streams that are copied are seen to their last byte as well.
func TestCopiedStream(t *testing.T) {
	onWire(t, apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/x-ndjson")
		io.Copy(w, struct{ io.Reader }{strings.NewReader(strings.Repeat(" ", 509) + "{}\n" + `{"open":`)}) // without its WriteTo
		return apierr.Conflict
	}), func(t *testing.T, s *site) {
		r := s.get("/")
		require.NoError(t, r.err)
		lines := strings.SplitAfter(r.body, "\n")
		require.Len(t, lines, 4)
		require.Equal(t, `{"open":`+"\n", lines[1])
		require.Equal(t, apierr.Conflict.Code, readEnvelope(t, lines[2]).Code)
	})
}

// The temporary files of a large form do not outlive the request.
func TestMultipartFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var during int
	count := func() int {
		files, err := os.ReadDir(os.TempDir())
		require.NoError(t, err)
		return len(files)
	}
	onWire(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		require.NoError(t, r.ParseMultipartForm(1))
		during = count()
	}), func(t *testing.T, s *site) {
		const part = "--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"
		s.do("POST", "/", part+strings.Repeat("x", 1000)+"\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x")
		s.Close()
		require.Equal(t, 1, during)
		require.Zero(t, count())
	})
}
