package apierr

import (
	"context"

	"github.com/failwell/failwell/internal/seam"
)

// exchange is one request and its response inside middleware.New.
type exchange = seam.Exchange[*CompiledContract, *Error]

// exchangeOf returns the innermost exchange of ctx, nil outside middleware.New.
func exchangeOf(ctx context.Context) exchange {
	return seam.From[*CompiledContract, *Error](ctx)
}
