package reference

import (
	"strconv"
)

// closeCodes lists the WebSocket close codes of the page.
func (b *builder) closeCodes() section {
	if len(b.page.CloseCodes) == 0 {
		return section{}
	}
	t := table{Columns: []string{"Code", "Meaning", "When it occurs", "Sent in a close frame"}}
	for _, c := range b.page.CloseCodes {
		t.Rows = append(t.Rows, []line{
			{code(strconv.Itoa(c.Code))}, {plain(c.Meaning)}, {plain(c.When)}, words(closeFrame(c.Code)),
		})
	}
	return standard(titleCloseCodes, rows(t))
}

// closeFrame says whether an endpoint may send a close code, RFC 6455 section
// 7.4 and IANA's registry.
func closeFrame(code int) string {
	switch {
	case code < 1000:
		return "No: codes under 1000 are not used (RFC 6455 section 7.4.2)"
	case code == 1005, code == 1006, code == 1015:
		return "No: the client's own library reports it (RFC 6455 section 7.4.1)"
	case code == 1004, code > 1014 && code < 3000, code > 4999:
		return "No: the code is reserved (RFC 6455 section 7.4)"
	}
	return "Yes"
}
