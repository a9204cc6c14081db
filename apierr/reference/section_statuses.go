package reference

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// statuses lists the statuses that the page names and all that the contract can
// answer with.
func (b *builder) statuses() section {
	rowsByStatus := make(map[int]Status)
	for _, e := range b.contract.Declared() {
		rowsByStatus[e.Status] = Status{}
	}
	for _, f := range b.builtins() {
		rowsByStatus[f.answer.Status] = Status{}
	}
	for _, m := range b.contract.StatusMappings {
		if m.Status != 0 {
			rowsByStatus[m.Status] = Status{}
		}
	}
	for _, s := range b.page.Statuses {
		rowsByStatus[s.Status] = s
	}
	t := table{Columns: []string{"Status", "Meaning", "When it occurs"}}
	for _, status := range slices.Sorted(maps.Keys(rowsByStatus)) {
		s := rowsByStatus[status]
		if s.Meaning == "" {
			s.Meaning = phrase(status)
		}
		if s.When == "" {
			s.When = usually(status)
		}
		t.Rows = append(t.Rows, []line{{code(strconv.Itoa(status))}, {plain(s.Meaning)}, {plain(s.When)}})
	}
	return standard(titleStatuses, rows(t))
}

// phrase is the status phrase, never empty. Three have another name in RFC 9110
// than in net/http.
func phrase(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "Content Too Large"
	case http.StatusRequestedRangeNotSatisfiable:
		return "Range Not Satisfiable"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Content"
	}
	if s := http.StatusText(status); s != "" {
		return s
	}
	return "Status " + strconv.Itoa(status)
}

// usually says when a status occurs, of any API.
func usually(status int) string {
	if s := whens[status]; s != "" {
		return s
	}
	switch {
	case status < 300:
		return "The request succeeded."
	case status < 400:
		return "The answer is found elsewhere."
	case status < 500:
		return "The request cannot be served as it was sent."
	}
	return "The server could not answer the request."
}

var whens = map[int]string{
	400: "The request is malformed or its input is invalid.",
	401: "The credentials are missing, invalid or expired.",
	402: "The account has no credit left for the request.",
	403: "The credentials are valid and do not allow the operation.",
	404: "The resource or the path does not exist.",
	405: "The resource exists and does not have the method.",
	406: "The response cannot have a form that the Accept headers allow.",
	408: "The request did not arrive in time.",
	409: "The state of the resource does not allow the operation.",
	410: "The resource existed and is gone for good.",
	412: "A condition of the request does not hold.",
	413: "The request body is larger than the server accepts.",
	414: "The URL is longer than the server accepts.",
	415: "The request body has a content type or encoding that is not accepted.",
	416: "The requested range lies outside of the resource.",
	422: "The request is well-formed and its content cannot be processed.",
	426: "The server requires another protocol.",
	428: "The request has to carry a condition.",
	429: "There were too many requests. Wait as long as Retry-After says.",
	431: "The headers of the request are larger than the server accepts.",
	500: "The server failed.",
	501: "The server does not have the function.",
	502: "A service that the server depends on failed.",
	503: "The server cannot answer now. Try again later.",
	504: "The request took too long to answer.",
}
