package validate

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// limit is how many bytes a body may have.
type limit struct {
	bytes     int64 // less than 0: any number
	isDefault bool  // the limit of a layer above replaces it
}

func limitOf(c *config) limit {
	switch c.maxBody {
	case unset:
		return limit{defaultMaxBody, true}
	case 0:
		return limit{-1, false}
	}
	return limit{c.maxBody, false}
}

// forbids reports whether a body of n bytes is too large.
func (l limit) forbids(r *http.Request, n int64) bool {
	if l.bytes < 0 || n <= l.bytes {
		return false
	}
	return !l.isDefault || !limitedAbove(r)
}

// limitedAbove reports whether a layer above, such as middleware.New, limits the
// body of the request, or was asked not to. It does not if another layer has
// replaced the body.
func limitedAbove(r *http.Request) bool {
	ex := seam.From[*apierr.CompiledContract, *apierr.Error](r.Context())
	return ex != nil && ex.LimitsBody(r.Body)
}
