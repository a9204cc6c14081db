package client_test

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
)

// plainEvents reads a whole event stream in the plainest way, as text with LF, up
// to the event that is an error. whole reports that nothing is left.
func plainEvents(stream string) (events []string, failed, whole bool) {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(stream, "\uFEFF"))
	lines := strings.Split(text, "\n")
	name, id, data, pending := "", "", []string(nil), false
	for _, line := range lines[:len(lines)-1] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			switch {
			case name == "error":
				return events, true, true
			case data != nil:
				if name == "" {
					name = "message"
				}
				event := name + "|" + strings.Join(data, "\n")
				if id != "" {
					event += "|id " + id
				}
				events = append(events, strings.ToValidUTF8(event, "\uFFFD"))
			}
			name, data, pending = "", nil, false
			continue
		case field == "":
			continue
		case field == "event":
			name = value
		case field == "data":
			data = append(data, value)
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		}
		pending = true
	}
	return events, false, !pending && lines[len(lines)-1] == ""
}

// Any bytes read as the plainest reader has them, however they arrive.
func FuzzEvents(f *testing.F) {
	f.Add("data: a\n\nevent: b\r\nid: 1\rdata: c\r\r\n\n: d\n")
	f.Add("\uFEFFdata\ndata:x\n\nevent: error\n\n")
	c := client.New(apierr.Standard)
	f.Fuzz(func(t *testing.T, stream string) {
		if strings.Contains(stream, "retry") || len(stream) > 1<<16 {
			t.Skip()
		}
		want, failed, whole := plainEvents(stream)
		for _, r := range readers(stream) {
			events, end := readEvents(c, r)
			require.Equal(t, want, events)
			require.Equal(t, failed, strings.HasSuffix(endOf(end), "intermediary") || strings.HasPrefix(endOf(end), "STREAM_FAILED"))
			if !failed {
				require.Equal(t, map[bool]string{true: "", false: "cut"}[whole], endOf(end))
			}
		}
	})
}

// Any bytes are the lines that strings.Split has, but for an error at the end.
func FuzzLines(f *testing.F) {
	f.Add("{\"a\":1}\n\r\n[]\r\n" + `{"error":{"code":"RESOURCE_CONFLICT","message":"m"}}` + "\n")
	f.Add("{}\n{")
	clients := []*client.Client{client.New(apierr.Standard), client.New(problems), client.New(whole)}
	f.Fuzz(func(t *testing.T, stream string) {
		if len(stream) > 1<<16 {
			t.Skip()
		}
		var want []string
		split := strings.Split(strings.TrimPrefix(stream, "\uFEFF"), "\n")
		for _, line := range split[:len(split)-1] {
			if strings.TrimSpace(line) != "" {
				want = append(want, strings.TrimSuffix(line, "\r"))
			}
		}
		for _, c := range clients {
			lines, end := readLines(c, strings.NewReader(stream))
			byByte, _ := readLines(c, iotest.OneByteReader(strings.NewReader(stream)))
			require.Equal(t, lines, byByte)
			switch endOf(end) {
			case "", "cut":
				require.Equal(t, want, lines)
				require.Equal(t, split[len(split)-1] != "", end != nil)
			default: // the last line is the error, with or without its end
				before := want
				if split[len(split)-1] == "" || len(lines) < len(want) {
					before = want[:len(want)-1]
				}
				require.Equal(t, append([]string{}, before...), append([]string{}, lines...))
			}
		}
	})
}
