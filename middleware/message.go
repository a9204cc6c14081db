package middleware

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxMessage is the most characters that the text of a 4xx may have to be shown
// to a client.
const maxMessage = 256

// message returns what a client may read of the text that a handler has sent
// with a 4xx, "" for nothing: then the client reads the declared message. cut:
// text is not all of it.
func (ex *exchange) message(status int, text string, cut bool) (message string) {
	text = strings.TrimSpace(text)
	if ex.texts == nil {
		if cut || !isMessage(status, text) {
			return ""
		}
		return text
	}
	defer func() {
		if v := recover(); v != nil {
			ex.secondaryError(panicOf("the function of WithTextMessages", v))
			message = ""
		}
	}()
	return strings.ToValidUTF8(ex.texts(status, strings.ToValidUTF8(text, "")), "")
}

// isMessage reports whether a client may read the text as a message: one line
// of printable text, not too long, that is neither JSON nor markup nor an error
// of Go's own making, and that says more than the declared message does.
func isMessage(status int, text string) bool {
	return !isBoilerplate(status, text) &&
		utf8.RuneCountInString(text) <= maxMessage &&
		utf8.ValidString(text) &&
		strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 &&
		!isJSON([]byte(text), true) &&
		!jsontext.Value(text).IsValid() && // a string or a number
		!brokenJSON.MatchString(text) &&
		!markup.MatchString(text) &&
		!isGoError(text)
}

// brokenJSON is the start of an object or an array, which an encoder that failed
// has left.
var brokenJSON = regexp.MustCompile(`^\{\s*"|^\[\s*["{\[]`)

// markup is a tag, a comment, a declaration or an entity.
var markup = regexp.MustCompile(`<[A-Za-z/!?]|&(#\d+|#x[0-9A-Fa-f]+|[a-z]+);`)

// isGoError reports whether the text is recognisably an error that Go's
// standard library, the runtime or a common driver has made. Such texts name Go
// types, fields, files, addresses and tables, and are for the log.
func isGoError(text string) bool { return goErrors.MatchString(text) }

// goErrors is the one table of what is recognised, a row a kind. Errors are
// wrapped, so a package's prefix counts behind ": " as well. What a handler may
// well say to its client in the same words, such as "permission denied" or
// "value out of range", is not in it.
var goErrors = regexp.MustCompile(strings.Join([]string{
	// A package's prefix.
	`(^|: |\()(json|jsontext|xml|sql|http|http2|net/http|net/url|tls|x509|multipart|mime|gob|asn1|hex|base64|gzip|zlib|flate|bufio|` +
		`bufio\.Scanner|reflect|template|(html|text|crypto|encoding|compress|archive|database|internal)/[a-z0-9/]+|` +
		`pq|pgx|pgconn|mysql|sqlite3?|gorm|bson|redis|mongo|rpc error|proto|protojson|yaml|toml|msgpack|cbor|mapstructure|middleware|apierr)(\.[A-Z]\w*)?: ?`,
	`\b(strconv|reflect|bytes|strings|errors|fmt|os|io|syscall|runtime|sql|http|json|time|url|net)\.\(?\*?[A-Z]`,
	// encoding/json and its like, validator.
	`Go struct field|Go value of type|cannot unmarshal|looking for beginning of|unexpected end of JSON input|after top-level value`,
	`after (object key|array element|object key:value pair)|in (string( literal)?$|string( literal)? |string escape code|literal (true|false|null))|invalid character .{1,8} (in|within|after|before|at) `,
	`XML syntax error|illegal base64 data|Error:Field validation|invalid URL escape|parsing time "|^parse "|unsupported protocol scheme`,
	`time: (invalid duration|unknown unit|missing unit in duration)|mail: (missing|no angle-addr|no address|expected|header not in message)`,
	`\bParse(Addr|AddrPort|Prefix)\("|invalid CIDR address: |address \S+: (missing port|too many colons)|schema: (error converting|invalid path)`,
	// The runtime: a panic, a stack, a type, a pointer, a format gone wrong.
	`runtime error|goroutine \d|panic:|panic serving|fatal error:|interface conversion|invalid memory address|nil pointer|entry in nil map`,
	`[\w./-]+\.go\b|\b0x[0-9a-fA-F]{6,}|%!\w?\(|\bmain\.|\bfunc\(|map\[string\]|\[\](string|byte|int)\b|(struct|interface) ?\{`,
	`(^|[ \[(])\*[a-z]\w*\.[A-Za-z]`,
	// The network, the context, another process.
	`\b(dial|read|write|listen|accept|set) (tcp|udp|unix|ip)|\blookup \S+( on \S+)?: |no such host|server misbehaving|connection (refused|reset by peer)`,
	`broken pipe|i/o timeout|use of closed network connection|context canceled|context deadline exceeded|exit status \d|executable file not found`,
	`signal: (killed|terminated|aborted|segmentation fault)|\w://[^/\s@]*:[^/\s@]*@`, // the latter with a password
	`^(Get|Head|Post|Put|Patch|Delete) "|^EOF$|: EOF$|unexpected EOF|stream error: stream ID`,
	// A file.
	`\b(open|stat|lstat|read|write|mkdir|remove|unlink|rename|chdir|readlink|exec) \S*[/.]\S*: |no such file or directory`,
	// A database.
	`SQLSTATE|password authentication failed|no rows in result set|violates (unique|foreign key|not-null|check) constraint|UNIQUE constraint failed|Duplicate entry '`,
	`syntax error at or near|You have an error in your SQL|Error \d{4}( \(\w{5}\))?:|E11000|WRONGTYPE Operation`,
}, "|"))

// isBoilerplate reports whether the text says no more than its status: the
// status phrase, with or without its number, and what ServeMux and the common
// routers write.
func isBoilerplate(status int, text string) bool {
	t := strings.ToLower(strings.TrimRight(strings.TrimSpace(text), ".!"))
	t = strings.Trim(strings.TrimPrefix(t, strconv.Itoa(status)), " :-")
	phrase := strings.ToLower(http.StatusText(status))
	if t == "" || t == phrase || t == "error" || t == "http error" {
		return true
	}
	switch status {
	case http.StatusNotFound:
		return t == "page not found" || t == "file not found" || t == "resource not found" || t == "no route found" || t == "route not found"
	case http.StatusMethodNotAllowed:
		return t == "method is not allowed"
	}
	return false
}
