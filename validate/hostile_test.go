package validate_test

import (
	"bytes"
	"fmt"
	"math/big"
	"mime/multipart"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-playground/locales/en"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate"
)

// What validate adds to the decoding of json/v2 is bounded by the length of the
// input, whatever it holds: in memory by these, and in time by 100 ns for each
// byte and 50 µs, which BenchmarkHostile measures.
const (
	maxBytesPerByte = 32
	maxBytes        = 32 << 10
)

// shape is input that costs as much as input of its length can.
type shape struct {
	name  string
	size  int          // of the input, in bytes
	run   func() error // validate
	plain func()       // json/v2, net/url or mime/multipart alone; nil: nothing
}

// small is an element that breaks two rules with two bytes.
type small struct {
	A string `json:"a" query:"a" form:"a" validate:"required"`
	B int    `json:"b" query:"b" form:"b" validate:"min=1"`
}

// large is an element for which two bytes stand for many.
type large struct {
	A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P string
	Z                                              int `validate:"max=9"`
}

type branch struct {
	Name string             `json:"name" query:"name" form:"name" validate:"max=3"`
	Next *branch            `json:"next" query:"next" form:"next"`
	Kids []branch           `json:"kids" query:"kids" form:"kids" validate:"dive"`
	More map[string]*branch `json:"more" query:"more" form:"more" validate:"dive"`
}

// flood has a field for each kind of element.
type flood struct {
	Items    []small           `json:"items" query:"items" form:"items" validate:"dive"`
	Pointers []*small          `json:"pointers" validate:"dive,required"`
	Large    []large           `json:"large" validate:"dive"`
	Texts    []string          `json:"texts" query:"texts" form:"texts" validate:"dive,min=2"`
	Any      []any             `json:"any" validate:"dive,required"`
	Numbers  []int             `json:"numbers" query:"numbers" form:"numbers" validate:"dive,max=3"`
	Floats   []float64         `json:"floats" validate:"dive,lt=3"`
	Flags    []bool            `json:"flags" validate:"dive,required"`
	Times    []time.Time       `json:"times" validate:"dive,gt"`
	Addrs    []netip.Addr      `json:"addrs" validate:"dive,required"`
	Bigs     []*big.Int        `json:"bigs"`
	Map      map[string]small  `json:"map" validate:"dive"`
	Maps     []map[string]int  `json:"maps" validate:"dive,dive,max=3"`
	Strings  map[string]string `json:"strings" query:"strings" form:"strings" validate:"dive,keys,max=3,endkeys,required"`
	Grid     [][]int           `json:"grid" query:"grid" form:"grid" validate:"dive,min=1,dive,max=3"`
	Unique   []int             `json:"unique" validate:"unique"`
	Emails   []string          `json:"emails" validate:"dive,email"`
	URLs     []string          `json:"urls" validate:"dive,url"`
	Hosts    []string          `json:"hosts" validate:"dive,hostname_rfc1123"`
	UUIDs    []string          `json:"uuids" validate:"dive,uuid4"`
	IPs      []string          `json:"ips" validate:"dive,ip"`
	Dates    []string          `json:"dates" validate:"dive,datetime=2006-01-02"`
	Choices  []string          `json:"choices" validate:"dive,oneof=a b c"`
	Either   []string          `json:"either" validate:"dive,hexcolor|rgb"`
	Language string            `json:"language" query:"language" form:"language" validate:"omitempty,bcp47_language_tag"`
	Host     string            `json:"host" validate:"omitempty,hostname"`
	Email    string            `json:"email" validate:"omitempty,email"`
	Card     string            `json:"card" validate:"omitempty,credit_card"`
	Encoded  string            `json:"encoded" validate:"omitempty,base64"`
	Tree     *branch           `json:"tree" query:"tree" form:"tree"`
	Sets     map[string][]int  `json:"sets" query:"sets" form:"sets"`
	Ranks    map[int]int       `json:"ranks" query:"ranks" form:"ranks"`
	Last     int               `json:"last" query:"last" form:"last"`
}

// sized makes input of about a number of bytes.
type sized int

// fill repeats elements between two texts up to the size.
func (size sized) fill(before, element, after string) string {
	n := max(1, (int(size)-len(before)-len(after))/(len(element)+1))
	return before + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + after
}

// fault is a member of flood that is of the wrong type.
const fault = `"last":"x",`

// hostileBodies are bodies for flood.
func (size sized) hostileBodies() map[string]string {
	length, fill := int(size), size.fill
	deep, shallow := strings.Repeat(`{"kids":[`, 45), strings.Repeat(`]}`, 45)
	bodies := map[string]string{
		"wrong types, numbers for strings": fill(`{"texts":[`, `1`, `]}`),
		"wrong types, strings for numbers": fill(`{"numbers":[`, `""`, `]}`),
		"wrong types, numbers for objects": fill(`{"items":[`, `0`, `]}`),
		"unknown members":                  `{` + members(length/15, "") + `}`,
		"unknown members of elements":      fill(`{"items":[`, `{"x":1}`, `]}`),
		"a name twice at the end":          `{"any":[{` + members(length/15, "") + `}],"any":1}`,
		"a map of wrong values":            `{"strings":{` + members(length/16, "k") + `}}`,
		"a fault behind a map":             `{"strings":{` + texts(length/21) + `},"last":""}`,
		"deep faults":                      fill(`{"tree":`+deep+`{"name":"`, `x`, `","nope":1}`+shallow+`}`),
		"broad faults, deeply":             fill(`{"tree":`+deep, `{"name":1}`, shallow+`}`),
		"deep maps":                        `{` + fault + `"tree":` + strings.Repeat(`{"more":{"a":`, 40) + fill(`{"more":{`, `"":null`, `}}`) + strings.Repeat("}}", 40) + `}`,
		"deep pointers, many":              fill(`{`+fault+`"tree":{"kids":[`, strings.Repeat(`{"next":`, 40)+`{}`+strings.Repeat(`}`, 40), `]}}`),
		"escapes":                          `{` + fault + `"host":"` + strings.Repeat(`\\\"`, length/4) + `"}`,
		"escaped names":                    fill(`{`+fault+`"strings":{`, `"\u0061":""`, `}}`),
		"a long number":                    `{"last":1` + strings.Repeat("0", length-20) + `}`,
		"numbers of many digits":           fill(`{`+fault+`"numbers":[`, strings.Repeat("9", length/10), `]}`),
		"fractions of many digits":         fill(`{`+fault+`"floats":[`, "0."+strings.Repeat("9", length/10), `]}`),
		"white space":                      `{"host":` + strings.Repeat(" ", length-20) + `1}`,
		"brackets":                         strings.Repeat("[", length),
		"an open string":                   `{"host":"` + strings.Repeat("x", length-20),
		"long language of dashes":          `{"language":"` + strings.Repeat("-", length) + `"}`,
		"long language":                    `{"language":"` + strings.Repeat("en-", length/3) + `"}`,
		"long host name":                   `{"host":"` + strings.Repeat("a.", length/2) + `"}`,
		"long email":                       `{"email":"` + strings.Repeat("a.", length/2) + `b@c.de"}`,
		"long card":                        `{"card":"` + strings.Repeat("4", length) + `"}`,
		"long base64":                      `{"encoded":"` + strings.Repeat("A", length) + `"}`,
	}
	for name, list := range map[string][2]string{
		"empty elements": {"items", `{}`}, "empty pointers": {"pointers", `{}`}, "null elements": {"pointers", `null`},
		"large elements": {"large", `{}`}, "empty strings": {"texts", `""`}, "good strings": {"texts", `"xx"`},
		"anything": {"any", `0`}, "objects of anything": {"any", `{}`}, "numbers": {"numbers", `9`}, "good numbers": {"numbers", `1`},
		"floats": {"floats", `9`}, "good floats": {"floats", `1`}, "flags": {"flags", `false`},
		"times": {"times", `"2001-01-01T00:00:00Z"`}, "future times": {"times", `"9001-01-01T00:00:00Z"`},
		"addresses": {"addrs", `"::"`}, "big numbers": {"bigs", `0`}, "maps": {"maps", `{"a":9}`}, "good maps": {"maps", `{"a":1}`},
		"empty lists": {"grid", `[]`}, "lists": {"grid", `[9]`}, "good lists": {"grid", `[1]`},
		"repeated numbers": {"unique", `1`}, "bad emails": {"emails", `"a@"`}, "good emails": {"emails", `"a@b.co"`}, "odd emails": {"emails", `"é@b.co"`},
		"good URLs": {"urls", `"http://a"`}, "odd URLs": {"urls", `"a:b"`}, "bad URLs": {"urls", `"a"`},
		"hosts": {"hosts", `"a"`}, "long hosts": {"hosts", `"` + strings.Repeat("a.", 126) + `a"`}, "bad hosts": {"hosts", `"-"`},
		"UUIDs": {"uuids", `"00000000-0000-4000-8000-000000000000"`}, "IPs": {"ips", `"::"`}, "dates": {"dates", `"2006-01-02"`},
		"choices": {"choices", `"a"`}, "bad choices": {"choices", `"d"`}, "alternatives": {"either", `"#123"`},
	} {
		bodies[name] = fill(`{"`+list[0]+`":[`, list[1], `]}`)
		bodies[name+" behind a fault"] = fill(`{`+fault+`"`+list[0]+`":[`, list[1], `]}`)
	}
	for name, element := range map[string]string{"entries": `{}`, "long entries": `{"a":"x","b":1}`} {
		for _, before := range []string{"", fault} {
			var b strings.Builder
			b.WriteString(`{` + before + `"map":{`)
			for i := 0; b.Len() < length; i++ {
				fmt.Fprintf(&b, `"%x":%s,`, i, element)
			}
			key := "map " + name
			if before != "" {
				key += " behind a fault"
			}
			bodies[key] = b.String()[:b.Len()-1] + `}}`
		}
	}
	return bodies
}

// registered is a validator of the program's own, with a rule.
var registered = func() *validate.Rules {
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := v.RegisterValidation("short", func(f validator.FieldLevel) bool { return f.Field().Len() < 9 }); err != nil {
		panic(err)
	}
	return validate.New(v, validate.WithMaxBody(0))
}()

func (size sized) hostileShapes(rules *validate.Rules) (shapes []shape) {
	for name, body := range size.hostileBodies() {
		r, plain := newRewound(body), []byte(body)
		shapes = append(shapes, shape{name, len(body),
			func() error { _, err := validate.JSON[flood](r.rewind(), rules); return err },
			func() { var f flood; _ = json.Unmarshal(plain, &f, json.RejectUnknownMembers(true)) },
		})
	}
	for name, query := range size.hostileQueries() {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = query
		shapes = append(shapes, shape{"query: " + name, len(query),
			func() error { _, err := validate.Query[flood](r, rules); return err },
			func() { _, _ = url.ParseQuery(query) }})
		form := newRewound(query)
		form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		shapes = append(shapes, shape{"form: " + name, len(query),
			func() error { _, err := validate.Form[flood](form.rewind(), rules); return err },
			func() { _, _ = url.ParseQuery(query) }})
		shapes = append(shapes, multipartShape("multipart: "+name, query, rules))
	}
	return append(shapes, size.headerShapes(rules)...)
}

// fields are lists in a header.
type fields struct {
	Texts   []string    `header:"Texts"`
	Numbers []int       `header:"Numbers" validate:"dive,max=3"`
	Times   []time.Time `header:"Times"`
	Text    string      `header:"Text"`
}

// headerShapes are header fields for fields.
func (size sized) headerShapes(rules *validate.Rules) (shapes []shape) {
	length := int(size)
	for name, field := range map[string][2]string{
		"elements": {"Texts", strings.Repeat("a,", length/2)}, "empty elements": {"Texts", strings.Repeat(",", length)},
		"quotes": {"Texts", strings.Repeat(`"`, length)}, "escapes": {"Texts", strings.Repeat(`"\\`, length/3)},
		"numbers": {"Numbers", strings.Repeat("9,", length/2)}, "bad numbers": {"Numbers", strings.Repeat("x,", length/2)},
		"a text": {"Text", strings.Repeat("x", length)}, "languages": {"Accept-Language", strings.Repeat("aa-AA,", length/6)},
		"a language": {"Accept-Language", strings.Repeat("a-", length/2)},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(field[0], field[1])
		r.Header.Set("Times", "x")
		shapes = append(shapes, shape{"header: " + name, length,
			func() error {
				_, err := validate.Header[fields](r, rules, validate.WithTranslator(languages))
				return err
			}, nil})
	}
	return shapes
}

// languages has one language, which no hostile header asks for.
var languages = ut.New(en.New(), en.New())

// hostileQueries are queries for flood.
func (size sized) hostileQueries() map[string]string {
	length := int(size)
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)) + "&")
		}
		return strings.TrimSuffix(b.String(), "&")
	}
	return map[string]string{
		"brackets":              "texts" + strings.Repeat("[0]", length/3) + "=1",
		"brackets of a list":    "grid" + strings.Repeat("[0]", length/3) + "=1",
		"nested elements":       "tree" + strings.Repeat(".kids[0]", length/9) + ".name=x",
		"nested elements, last": "tree" + strings.Repeat(".kids[99]", length/9) + ".name=x",
		"nested pointers":       "tree" + strings.Repeat(".next", length/5) + ".name=x",
		"nested entries":        "tree" + strings.Repeat(".more[a]", length/9) + ".name=x",
		"many elements":         many(2000, "items[#].a=1"),
		"many entries":          many(9000, "strings[#]="),
		"many names":            many(9000, "n#="),
		"many names in dots":    many(9000, "tree.n#="),
		"many ranks":            many(9000, "ranks[#]=1"),
		"many sets":             many(9000, "sets[#][9]=1"),
		"short sets":            many(999, "sets[#][9]=1"),
		"empty sets":            many(999, "sets[#][9]="),
		"members in brackets":   many(100, "items[#][a]=1&items[#].a=2&items[#][b]=3"),
		"entries of a tree":     many(2000, "tree[more][#][kids][99][name]=x"),
		"values in brackets":    strings.TrimSuffix(strings.Repeat("texts[]=&", 9000), "&"),
		"one value many times":  strings.TrimSuffix(strings.Repeat("last=1&", 9000), "&"),
		"names not UTF-8":       many(9000, "%FF#="),
		"values not UTF-8":      strings.TrimSuffix(strings.Repeat("texts=%FF&", 9000), "&"),
		"a number of digits":    "last=" + strings.Repeat("9", length-5),
		"many values":           strings.TrimSuffix(strings.Repeat("texts=&", 9000), "&"),
		"many bad values":       strings.TrimSuffix(strings.Repeat("numbers=x&", 9000), "&"),
		"a sparse element":      "items[99].a=1",
		"a sparse tree":         "tree.kids[99].kids[99].kids[99].kids[99].kids[99].name=x",
		"a long value":          "language=" + strings.Repeat("-", length-10),
		"a long name":           strings.Repeat("a", length-10) + "=1",
		"a long key":            "strings[" + strings.Repeat("a", length-10) + "]=1",
	}
}

func multipartShape(name, query string, rules *validate.Rules) shape {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		_ = w.WriteField(key, value)
	}
	_ = w.Close()
	r := newRewound(body.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return shape{name, body.Len(),
		func() error { _, err := validate.Form[flood](r.rewind(), rules); return err },
		func() {
			plain := r.rewind().Clone(r.Context())
			_ = plain.ParseMultipartForm(1 << 20)
		}}
}

// allocated is the number of bytes that f allocates.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// testSize is enough for what grows to show.
const testSize sized = 192 << 10

func TestHostile_Memory(t *testing.T) {
	if raceEnabled {
		t.Skip("memory is not measured under the race detector")
	}
	rules := validate.New(nil, validate.WithMaxBody(0))
	warmUp(rules)
	for _, s := range testSize.hostileShapes(rules) {
		s.requireBounded(t)
	}
}

// A validator of the program's own cannot be stopped. It is not called for a
// body that breaks more of the built-in rules than are reported.
func TestHostile_MemoryOfRegistered(t *testing.T) {
	if raceEnabled {
		t.Skip("memory is not measured under the race detector")
	}
	floods := map[string]bool{}
	for _, name := range []string{
		"empty elements", "empty pointers", "null elements", "empty strings", "numbers", "floats", "flags", "times", "maps", "empty lists", "lists",
		"bad emails", "bad URLs", "bad hosts", "bad choices", "map entries", "long language", "long language of dashes", "long email",
	} {
		floods[name] = true
	}
	warmUp(registered)
	tested := 0
	for _, s := range testSize.hostileShapes(registered) {
		if floods[s.name] {
			s.requireBounded(t)
			tested++
		}
	}
	if tested != len(floods) {
		t.Errorf("%d of %d shapes", tested, len(floods))
	}
}

// warmUp runs each shape in small, so that what is compiled once for a type is
// not counted.
func warmUp(rules *validate.Rules) {
	for _, s := range sized(2 << 10).hostileShapes(rules) {
		_ = s.run()
		if s.plain != nil {
			s.plain()
		}
	}
}

func (s shape) requireBounded(t *testing.T) {
	t.Helper()
	limit := maxBytesPerByte*s.size + maxBytes
	added := s.added()
	// The buffers that are kept for the next request count where the input is
	// small, and a goroutine that changes its processor does not find them.
	for range 3 {
		if added > limit {
			added = min(added, s.added())
		}
	}
	if added > limit {
		t.Errorf("%s: %d bytes for %d, %.1f for each", s.name, added, s.size, float64(added)/float64(s.size))
	}
}

// added is the number of bytes that validate allocates besides json.
func (s shape) added() int {
	plain := 0
	if s.plain != nil {
		plain = allocated(s.plain)
	}
	return allocated(func() { _ = s.run() }) - plain
}
