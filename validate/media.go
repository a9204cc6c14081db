package validate

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// checkMedia reports a body that is not declared to be plain JSON: RFC 9110
// section 15.5.16, which lets the answer name what would be accepted in Accept
// or Accept-Encoding.
//
// A request without content has no type to be wrong. That its body is empty is
// reported later.
func checkMedia(r *http.Request, c *config) error {
	lines := r.Header["Content-Type"]
	if len(lines) == 0 && !c.allowUntyped {
		if empty, err := isEmpty(r); empty || err != nil {
			return err
		}
	}
	if !isJSON(lines, c.allowUntyped) {
		return apierr.UnsupportedMediaType.WithHeader("Accept", "application/json")
	}
	return checkEncoding(r)
}

// isEmpty reports whether a request has no content. Where that is not known
// before, it reads a byte.
func isEmpty(r *http.Request) (bool, error) {
	if r.ContentLength > 0 || r.Body == nil || r.Body == http.NoBody {
		return r.ContentLength <= 0, nil
	}
	n, err := io.ReadFull(r.Body, make([]byte, 1))
	if n == 0 && err != io.EOF {
		return false, failedRead(r.Context(), err)
	}
	return n == 0, nil
}

func checkEncoding(r *http.Request) error {
	for _, line := range r.Header["Content-Encoding"] {
		for coding := range strings.SplitSeq(line, ",") {
			coding = strings.TrimSpace(coding)
			if coding != "" && !strings.EqualFold(coding, "identity") {
				return apierr.UnsupportedMediaType.WithHeader("Accept-Encoding", "identity")
			}
		}
	}
	return nil
}

// isJSON reports whether the Content-Type lines of a request declare JSON in
// UTF-8, the only charset that RFC 8259 section 8.1 knows. Some clients write
// utf8, which is not a registered name of it.
func isJSON(lines []string, allowNone bool) bool {
	if len(lines) != 1 {
		return len(lines) == 0 && allowNone
	}
	if lines[0] == "application/json" { // most requests
		return true
	}
	media, params, err := mime.ParseMediaType(lines[0])
	if err != nil {
		return false
	}
	if charset, ok := params["charset"]; ok && !isUTF8(charset) {
		return false
	}
	if media == "application/json" {
		return true
	}
	_, subtype, ok := strings.Cut(media, "/")
	return ok && len(subtype) > len("+json") && strings.HasSuffix(subtype, "+json")
}

// isUTF8 reports whether a charset is UTF-8, whose name is often misspelled.
func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}
