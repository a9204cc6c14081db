package validate

import (
	"mime"
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// checkMedia reports a body that is not declared to be plain JSON: RFC 9110
// section 15.5.16, which lets the answer name what would be accepted in Accept
// or Accept-Encoding.
func checkMedia(r *http.Request, c *config) error {
	if !isJSON(r.Header["Content-Type"], c.allowUntyped) {
		return apierr.UnsupportedMediaType.WithHeader("Accept", "application/json")
	}
	return checkEncoding(r)
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
// UTF-8, the only charset that RFC 8259 section 8.1 knows.
func isJSON(lines []string, allowNone bool) bool {
	if len(lines) != 1 {
		return len(lines) == 0 && allowNone
	}
	if lines[0] == "application/json" {
		return true
	}
	media, params, err := mime.ParseMediaType(lines[0])
	if err != nil {
		return false
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	if media == "application/json" {
		return true
	}
	_, subtype, ok := strings.Cut(media, "/")
	return ok && len(subtype) > len("+json") && strings.HasSuffix(subtype, "+json")
}
