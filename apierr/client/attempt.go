package client

import (
	"net/http"
	"time"
)

// Attempt is one attempt of a [Transport] to send a request, with its result.
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
	// status is not one that is retried.
	Reason Reason

	// Wait is the time before the next attempt; with [ReasonWait], the time that
	// would have been too long.
	Wait time.Duration
}

// Retries reports whether another attempt follows.
func (a Attempt) Retries() bool {
	return a.Reason == "" && a.failed()
}

// failed reports whether the attempt had no response, or a status that is retried.
func (a Attempt) failed() bool { return a.Err != nil || isRetried(a.Status) }

// Reason says why a [Transport] returns a failure that it could have retried.
type Reason string

// The reasons.
const (
	ReasonPermanent     Reason = "permanent"      // the error would be the same
	ReasonNotIdempotent Reason = "not_idempotent" // the request may have been processed
	ReasonBody          Reason = "body"           // the body cannot be sent again
	ReasonRetries       Reason = "retries"        // MaxRetries is reached
	ReasonWait          Reason = "wait"           // the wait is over MaxWait, or lasts until the context's deadline
	ReasonBudget        Reason = "budget"         // retries are at most a tenth of the requests
)
