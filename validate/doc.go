// Package validate turns a request into a Go value, or into one error that
// says everything that is wrong with it: every wrong type, every unknown field
// and every broken rule, by the paths that the client knows and in words that
// give away nothing of Go.
//
//	func createUser(w http.ResponseWriter, r *http.Request) error {
//		in, err := validate.JSON[CreateUser](r)
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// Rules are those of go-playground/validator, in the tags that most Go servers
// have already. [JSON] reads bodies; [Query], [Path], [Header] and [Form] read
// what comes elsewhere, each into a struct of its own; [Struct] judges values
// that come from nowhere near HTTP. [FromError] and [FromStruct] are for
// programs that run their validator themselves. [Check] finds at start-up what
// is wrong with the tags. The example of this package is a request with seven
// things wrong and the one answer to it.
//
// # Paths
//
// The Path of a Violation is written so that it can be taken apart again:
//
//	$                the whole document
//	name             a member of the outermost object
//	a.b              b in a
//	items[0].name    a member of the first element of an array
//	[0].name         the same where the document is an array
//	meta["a.b"].zip  a name that is empty, is "$", holds one of . [ ] " \ or a
//	                 character that does not print, as a JSON string in brackets
//
// Other names, map keys among them, stand as they are, even if they look like
// numbers: meta.0 is a member, meta[0] an element. A path is never longer than
// 512 bytes; what lies deeper is told by its nearest ancestor that fits.
//
// Fields are named as encoding/json/v2 names them: embedded structs are
// flattened, and what JSON leaves out is told by its struct. In a query, a form
// and the like, names come from the tag of that source.
//
// # Rules
//
// The Rule of a Violation is the tag of validator that failed, with the names
// of alternatives joined as in "rgb|len", or one of
//
//	type      a value of another type; Param is what was expected
//	range     a number that does not fit
//	format    a string that is not what the type takes: a time, base64, or
//	          anything that an UnmarshalJSON or UnmarshalText refuses
//	length    an array that is not of its fixed length, which is Param
//	unknown   a member that no field has the name of
//	filesize, filetype
//	          a file part of a form; Param is the limit, or the types
//	more      no rule: there are more violations than are told
//
// A pointer to nothing that fails any rule is "required": the value is missing.
// Param names other fields by their names on the wire.
//
// # Order
//
// Violations of a body stand in document order. What is missing stands at the
// end of the object that it is missing from, in order of declaration.
//
// Rules are also applied when a body could not be decoded as a whole, to what
// could. What only follows from a field that could not is not told: that it is
// missing too, or that a sibling differs from it.
//
// # Limits
//
// The body is read to its end before it is looked at, within the limit of the
// middleware or [MaxBody], so a cut connection or a body that is too large or
// too slow is never called bad JSON. Nesting is limited by [MaxDepth], and what
// is told by [MaxViolations] and to about 48 KiB. Finding everything costs what
// the body is long, however it is nested; a body without fault does not pay for
// it. What the validator itself costs for a very long array of elements with
// rules is the array's length too: give it a max ahead of dive.
//
// # encoding/json/v2
//
// Decoding is that of github.com/go-json-experiment/json, which is
// encoding/json/v2 of Go 1.27. It takes no invalid UTF-8, no lone surrogates
// and no duplicate names, and matches names by case; null is the zero value of
// any type, and a time.Duration has no form of its own.
package validate
