package reference

import (
	"encoding/json"
	"reflect"
)

// A message, and the details of an error without a schema, that no other member
// of a body has by accident.
const sampleMessage = "7f0c8c7e sample"

var sampleDetails = map[string]any{"sample": "7f0c8c7e"}

// sampledReader finds the parts of an error in the bodies that a format of the
// program's own makes: where all bodies have them.
func sampledReader(s *spec, f form) *bodyReader {
	var common *bodyReader
	for _, o := range s.outcomes {
		details := sampleFor(f.examples.schemas[s.contract.Lookup(o.code)])
		raised := o.raised
		if raised == nil {
			raised = f.examples.contract.ForStatus(o.bare)
		}
		var body any
		a := respond(f.examples.contract, "/", raised.WithMessage(sampleMessage).WithDetails(details))
		if json.Unmarshal([]byte(a.Body), &body) != nil {
			return &bodyReader{}
		}
		found := &bodyReader{
			code: valueAt(body, sentText(o.code)), message: valueAt(body, sampleMessage),
			requestID: valueAt(body, sampleID), details: valueAt(body, details),
		}
		if common == nil {
			common = found
		}
		common.code, common.message = samePath(common.code, found.code), samePath(common.message, found.message)
		common.requestID, common.details = samePath(common.requestID, found.requestID), samePath(common.details, found.details)
	}
	return common
}

// sampleFor returns details of the declared form as package json decodes them.
func sampleFor(s *schema) map[string]any {
	if s == nil {
		return sampleDetails
	}
	var details map[string]any
	b, err := json.Marshal(s.sample())
	if err != nil || json.Unmarshal(b, &details) != nil || len(details) == 0 {
		return sampleDetails
	}
	return details
}

// samePath returns a path if both are it.
func samePath(a, b path) path {
	if reflect.DeepEqual(a, b) {
		return a
	}
	return nil
}

// valueAt returns the path of the first member that has the value.
func valueAt(body, want any) path {
	if reflect.DeepEqual(body, want) {
		return path{}
	}
	switch body := body.(type) {
	case map[string]any:
		for _, name := range sortedKeys(body) {
			if at := valueAt(body[name], want); at != nil {
				return append(path{name}, at...)
			}
		}
	case []any:
		for i, v := range body {
			if at := valueAt(v, want); at != nil {
				return append(path{i}, at...)
			}
		}
	}
	return nil
}
