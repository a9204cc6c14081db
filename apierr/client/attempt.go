package client

import (
	"net/http"
	"time"
)

// Attempt is one sending of a request by a [Transport], and how it ended.
type Attempt struct {
	// Request is the request as it was sent. Its body has been used.
	Request *http.Request

	// Number is 1 for the first attempt.
	Number int

	// Status is the status of the response. 0: there is none, and Err says why.
	Status int

	// Err is the error of Base. nil: there is a response.
	Err error

	// Reason says why this failure is not retried. Empty: a retry follows, or the
	// response is none that is retried.
	Reason Reason

	// Wait is the time before the next attempt, or with [ReasonWait] the time that
	// was too long.
	Wait time.Duration
}

// Retries reports whether another attempt follows.
func (a Attempt) Retries() bool {
	return a.Reason == "" && (a.Err != nil || isRetried(a.Status))
}

// Reason says why a [Transport] returns a failure that it could have retried.
type Reason string

// The reasons.
const (
	ReasonPermanent     Reason = "permanent"      // the error would be the same
	ReasonNotIdempotent Reason = "not_idempotent" // the request may have been processed
	ReasonBody          Reason = "body"           // the body cannot be sent again
	ReasonRetries       Reason = "retries"        // MaxRetries is used up
	ReasonWait          Reason = "wait"           // over MaxWait, or until the context's deadline
	ReasonBudget        Reason = "budget"         // a tenth of the requests were retried
)
