package middlewaretest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
)

// answer is what a response says.
type answer struct {
	response *http.Response
	body     []byte
	cut      error // of reading the body
	stream   string
	failed   bool // it is a failure
	unknown  bool // it has no error of the contract, which has code and ID for its status
	code     string
	id       int
	message  string
	fault    string // what of the body is not of the contract's form; empty: nothing
}

// readAnswer reads a response under the contract, in which err is declared.
func readAnswer(contract apierr.Contract, response *http.Response, err error) answer {
	a := answer{response: response}
	a.body, a.cut = wholeBody(response)
	contract = declare(contract, err, outcomeOf(response).Error)
	if a.stream = streamOf(response); a.stream != "" {
		a.readStream(contract)
	} else if a.cut == nil {
		a.read(contract, response)
	}
	return a
}

// read reads one body in the form of the contract. A status of 0 is that of an
// error at the end of a stream.
func (a *answer) read(contract apierr.Contract, response *http.Response) {
	var remote *client.RemoteError
	copied := *response // the client puts another body in its place
	if copied.StatusCode == 0 {
		copied.StatusCode = http.StatusInternalServerError
	}
	copied.Body = io.NopCloser(bytes.NewReader(a.body))
	if !errors.As(client.New(contract).Error(&copied), &remote) {
		return
	}
	a.failed, a.unknown = true, remote.Intermediary && !isHEAD(response)
	a.code, a.id, a.message = remote.Remote.Code, remote.Remote.ID, remote.Remote.Message
	format := formatOf(contract, response.Header.Get("Content-Type"))
	switch known := outcomeOf(response).Error; {
	case format == nil:
		a.fault = fmt.Sprintf("the Content-Type is %q", response.Header.Values("Content-Type"))
	case isHEAD(response) && known != nil:
		a.code, a.id, a.message = known.Code, known.ID, known.Message
	case isHEAD(response):
	default:
		a.fault = form{response.StatusCode, a.id}.faultOf(format, a.body)
		if a.fault == "" && a.unknown {
			a.fault = "the body has no error of the contract"
		}
	}
}

// isHEAD reports whether the response is to a HEAD request, and has no body.
func isHEAD(response *http.Response) bool {
	return response.Request != nil && response.Request.Method == http.MethodHead
}

// declare returns a contract with the errors declared in it, so that a client
// knows them: an open contract answers undeclared errors as they are.
func declare(contract apierr.Contract, errs ...error) apierr.Contract {
	for _, err := range errs {
		var e *apierr.Error
		if !errors.As(err, &e) || e == nil || contract.Lookup(e.Code) != nil {
			continue
		}
		declared := contract
		declared.Errors = append(slices.Clone(contract.Errors), &apierr.Error{Code: e.Code, ID: e.ID, Status: e.Status, Message: e.Message})
		if declared.Check() == nil {
			contract = declared
		}
	}
	return contract
}

// reference returns the answer to err under the contract, in the situation of
// the response.
func reference(contract apierr.Contract, response *http.Response, err error) *http.Response {
	r, _ := http.NewRequest(http.MethodGet, "/", nil)
	if isHEAD(response) {
		r.Method = http.MethodHead
	}
	return Serve(contract, raise(streamOf(response), err), r)
}

// raise is a handler that fails with err, after the beginning of a stream.
func raise(stream string, err error) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		if stream != "" {
			w.Header().Set("Content-Type", stream)
			w.WriteHeader(http.StatusOK)
		}
		if errors.Is(err, http.ErrAbortHandler) {
			panic(http.ErrAbortHandler)
		}
		return err
	})
}

// difference says how got is not the answer that a is. Empty: it is.
func (a answer) difference(got answer) string {
	switch {
	case (a.cut != nil) != (got.cut != nil):
		if got.cut != nil {
			return "the response is not whole"
		}
		return "the response is whole"
	case a.cut != nil:
		return ""
	case a.failed != got.failed:
		if got.failed {
			return "the response is a failure"
		}
		return "the response is no failure"
	case !a.failed:
		return ""
	case a.stream == "" && a.response.StatusCode != got.response.StatusCode:
		return "another status"
	case a.code != got.code || a.id != got.id:
		if got.fault != "" {
			return got.fault
		}
		return "another error"
	}
	return got.fault
}

// String says what the answer is, for the text of a failed test.
func (a answer) String() string {
	status := fmt.Sprint(a.response.StatusCode)
	switch {
	case a.cut != nil && a.response.StatusCode == 0:
		return "an abort before the status"
	case errors.Is(a.cut, io.ErrUnexpectedEOF):
		return fmt.Sprintf("%s, aborted after %d bytes of the body", status, len(a.body))
	case a.cut != nil:
		return fmt.Sprintf("%s, then %v", status, a.cut)
	case a.stream != "" && !a.failed:
		return status + " and a stream without an error"
	case !a.failed:
		return status + " and no failure"
	}
	if a.stream != "" {
		status = "in the stream"
	}
	if a.unknown {
		return status + " without an error of the contract"
	}
	text := status + " " + a.code
	if a.id != 0 {
		text += fmt.Sprintf(" (ID %d)", a.id)
	}
	return text + fmt.Sprintf(", %q", printable(a.message))
}
