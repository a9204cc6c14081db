// Package validate decodes a request into a Go value and checks it. If the
// request is not valid, the error lists everything that is wrong with it: every
// wrong type, every unknown field and every broken rule, each with the path that
// the client knows and a message that holds no Go names.
//
//	func createUser(w http.ResponseWriter, r *http.Request) error {
//		in, err := validate.JSON[CreateUser](r)
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// The rules are those of go-playground/validator, in the tags that most Go
// servers already have. [JSON] reads bodies. [Query], [Path], [Header] and [Form]
// read parameters, each into a struct. [Struct] checks values that did not come
// from HTTP. [FromError] and [FromStruct] are for programs that decode, or call
// their validator, themselves. [Check] reports mistakes in the types and tags at
// start-up. The
// example of this package is a request with seven faults and its one answer.
//
// # Paths
//
// The Path of a Violation can be parsed:
//
//	$                the whole document
//	name             a member of the outermost object
//	a.b              b in a
//	items[0].name    a member of the first element of an array
//	[0].name         the same where the document is an array
//	meta["a.b"].zip  a name that is empty, is "$", holds one of . [ ] " \ or a
//	                 character that does not print, as a JSON string in brackets
//
// Other names, map keys among them, are not quoted, even if they look like
// numbers: meta.0 is a member, meta[0] an element. A path is never longer than
// 512 bytes; a deeper place is reported as its nearest ancestor that fits.
//
// Fields are named as in encoding/json/v2: embedded structs are flattened, and a
// field that JSON leaves out is reported as the struct that holds it. In a
// query, a form and the other sources, names come from the tag of that source,
// and In of the Violation names the source.
//
// # Rules
//
// The Rule of a Violation is the tag of validator that failed, with the names
// of alternatives joined as in "rgb|len", or one of
//
//	type      a value of another type; Param is the expected one
//	range     a number that does not fit
//	format    a string that the type does not accept: a time, base64, or
//	          anything that an UnmarshalJSON or UnmarshalText rejects; of a
//	          parameter also one that is not UTF-8, or a name that leads nowhere
//	length    an array that is not of its fixed length, which is Param
//	unknown   a member that no field has the name of
//	repeated  a parameter, or a file, of a field of one value that was sent twice
//	filesize, filetype
//	          a file part of a form; Param is the limit, or the types
//	more      no rule: there are more violations than are reported
//
// A nil pointer that fails any rule is "required": the value is missing, and so
// is the null that a json.RawMessage keeps. Param names other fields by their
// names on the wire. A rule for map keys is reported with the path of the entry,
// and its message begins with "Name". A type that unmarshals itself is one value:
// the rules within it are reported with its path.
//
// What no JSON can be decoded into, and a rule that no value satisfies, are
// mistakes of the program: requests that meet them are answered with
// [apierr.Internal], and [Check] finds them before.
//
// # Order
//
// Violations of a body are in document order. A missing member stands at the
// end of the object that it is missing from, in order of declaration.
//
// If a body cannot be decoded as a whole, the rules still apply to what can be.
// A broken rule that only follows from a field that failed is left out: that the
// field is missing too, or that a sibling differs from it.
//
// # Limits
//
// The body is read to its end before it is decoded, within the limit of the
// middleware or of [WithMaxBody], so a cut connection or a body that is too large
// or too slow is never reported as invalid JSON. [WithMaxDepth] limits nesting,
// [WithMaxViolations] the violations that are reported, which take at most about
// 48 KiB. If a large map has more violations, it is not specified which of them are
// reported.
//
// What this package adds to the decoding of json/v2 is bounded: 100 ns and 32
// bytes for each byte of input, and 50 µs and 32 KiB for each request, whatever
// the input holds. Rules apply to one value at a time and end when more are
// broken than are reported. Behind a fault, decoding ends when the values would
// take much more memory than the body; the rule "more" reports that. Rules for
// formats with a longest form, such as bcp47_language_tag, reject longer text
// unread. At most 1000 names of parameters have brackets, and indexes end at 99.
//
// A validator of the program's own, see [New], cannot be stopped: a body that
// breaks few rules costs what validator makes of it, and its registered rules
// cost what they do.
//
// # encoding/json/v2
//
// Decoding is that of github.com/go-json-experiment/json, which is
// encoding/json/v2 of Go 1.27. It rejects invalid UTF-8, lone surrogates and
// duplicate names, and matches names by case. null is the zero value of any type.
//
// The same program answers alike with every toolchain. A json.Number takes a
// number, or a string that holds one. A time.Duration has no JSON form. The tag
// option string is for numbers only. []byte and arrays of bytes are base64, and
// their length is counted in bytes.
package validate
