package validate

import (
	"sync"

	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/violation"
)

const (
	firstBuffer = 4 << 10
	// keptBuffer is the capacity in bytes of the largest buffer that is kept
	// for the next request: a few large bodies must not stay in memory.
	keptBuffer = 64 << 10
	keptFound  = 256 // violations
)

// work is the state of one request. It is kept for the next one.
type work struct {
	config     *config
	translator translator
	body       []byte
	found      []violation.Violation
	decoding   int         // how many of found are of decoding
	partial    bool        // decoding ended before the end of the body
	sent       decode.Sent // of parameters
	evaluation rules.Evaluation
}

var works = sync.Pool{New: func() any {
	w := &work{body: make([]byte, 0, firstBuffer)}
	w.evaluation.Describe, w.evaluation.Reword = w.translator.violation, w.translator.reword
	return w
}}

// newWork returns the state for one request.
func newWork(c *config, language string) *work {
	w := works.Get().(*work)
	w.config, w.translator.config, w.translator.language = c, c, language
	return w
}

// release keeps w for the next request. The body is not kept if a value may
// hold a part of it.
func (w *work) release(keepBody bool) {
	if !keepBody {
		w.body = make([]byte, 0, firstBuffer)
	}
	if cap(w.body) > keptBuffer || cap(w.found) > keptFound {
		return
	}
	clear(w.found[:cap(w.found)])
	w.config, w.translator = nil, translator{}
	w.found, w.decoding, w.partial, w.sent = w.found[:0], 0, false, decode.Sent{}
	w.evaluation.Reset()
	works.Put(w)
}
