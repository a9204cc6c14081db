package validate

import (
	"context"
	"io"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/seam"
)

// fromEOF is the error for the io.EOF or io.ErrUnexpectedEOF of a decoder that
// has read the body of the request, nil for those of anything else. The layer
// above knows what the body was: a file ends with the same errors.
func fromEOF(ctx context.Context, err error) *apierr.Error {
	ex := seam.From[*apierr.CompiledContract, *apierr.Error](ctx)
	if ex == nil {
		return nil
	}
	switch {
	case err == io.EOF && ex.BodyPrefix() == jsonprefix.Empty:
		return apierr.InvalidJSON.WithMessage("The request body is empty")
	case err == io.ErrUnexpectedEOF && ex.BodyPrefix() == jsonprefix.Incomplete:
		return apierr.InvalidJSON.WithMessage("Invalid JSON: unexpected end")
	}
	return nil
}
