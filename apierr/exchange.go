package apierr

import (
	"context"

	"github.com/failwell/failwell/internal/seam"
)

// exchange is the request and its response as the layer around the handler
// sees it: middleware.New.
type exchange = seam.Exchange[*CompiledContract, *Error]

// exchangeOf returns the innermost exchange of ctx, nil outside middleware.New.
func exchangeOf(ctx context.Context) exchange {
	return seam.From[*CompiledContract, *Error](ctx)
}
