package validate_test

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate"
)

type signup struct {
	Name     string `json:"name" validate:"required,min=2,max=50"`
	Email    string `json:"email" validate:"required,email"`
	Age      int    `json:"age" validate:"gte=18,lte=130"`
	Country  string `json:"country" validate:"required,len=2"`
	Phone    string `json:"phone" validate:"omitempty,max=20"`
	Website  string `json:"website" validate:"omitempty,url"`
	Password string `json:"password" validate:"required,min=12"`
	Role     string `json:"role" validate:"oneof=admin user guest"`
}

const (
	goodSignup = `{"name":"Ada Lovelace","email":"ada@example.com","age":36,"country":"GB","phone":"+44 20 7946 0000","website":"https://example.com/ada","password":"correct horse battery","role":"user"}`
	badSignup  = `{"name":"Ada Lovelace","email":"not-an-email","age":12,"country":"GB","phone":"+44 20 7946 0000","website":"https://example.com/ada","password":"correct horse battery","role":"root"}`
	oddSignup  = `{"name":"Ada Lovelace","email":7,"age":"12","country":"GB","phone":"+44 20 7946 0000","website":"https://example.com/ada","password":"short","rôle":"root"}`
)

func newPlainValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	return v
}

// rewound is a request whose body can be read again and again.
type rewound struct {
	*http.Request
	body *bytes.Reader
}

func newRewound(body string) rewound {
	b := bytes.NewReader([]byte(body))
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Content-Type", "application/json")
	r.Body, r.ContentLength = io.NopCloser(b), int64(len(body))
	return rewound{r, b}
}

func (r rewound) rewind() *http.Request {
	_, _ = r.body.Seek(0, io.SeekStart)
	return r.Request
}

// BenchmarkValid: bare is what anyone would write: read, decode with
// encoding/json/v2, run the validator.
func BenchmarkValid(b *testing.B) {
	r := newRewound(goodSignup)
	b.Run("bare", func(b *testing.B) {
		v := newPlainValidator()
		b.ReportAllocs()
		for b.Loop() {
			var s signup
			body, _ := io.ReadAll(r.rewind().Body)
			if json.Unmarshal(body, &s) != nil || v.Struct(&s) != nil {
				b.Fatal()
			}
		}
	})
	b.Run("bare-nothing-read", func(b *testing.B) {
		v := newPlainValidator()
		body := []byte(goodSignup)
		b.ReportAllocs()
		for b.Loop() {
			var s signup
			if json.Unmarshal(body, &s) != nil || v.Struct(&s) != nil {
				b.Fatal()
			}
		}
	})
	b.Run("JSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := validate.JSON[signup](r.rewind()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkInvalid: floor is the decode, validate and error map of most
// servers, with encoding/json, and without writing the answer.
func BenchmarkInvalid(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		v, r := newPlainValidator(), newRewound(badSignup)
		b.ReportAllocs()
		for b.Loop() {
			var s signup
			if err := stdjson.NewDecoder(r.rewind().Body).Decode(&s); err != nil {
				b.Fatal(err)
			}
			var failures validator.ValidationErrors
			if !errors.As(v.Struct(&s), &failures) {
				b.Fatal()
			}
			details := make(map[string]string, len(failures))
			for _, f := range failures {
				details[f.Field()] = "failed " + f.Tag()
			}
			_, _ = stdjson.Marshal(map[string]any{"details": details})
		}
	})
	for name, body := range map[string]string{"rules": badSignup, "types": oddSignup} {
		b.Run(name, func(b *testing.B) {
			r := newRewound(body)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := validate.JSON[signup](r.rewind()); err == nil {
					b.Fatal()
				}
			}
		})
	}
}
