package apierr

import "net/http"

// prepared returns e as the Format receives it, with the message in the
// client's language and the effective RetryAfter, and fills in info. It also
// returns the language of the message: empty under a contract without
// translations, and if the message is a text of the handler, whose language is
// not known.
func (cc *CompiledContract) prepared(e *Error, r *http.Request, h http.Header, ex exchange, f Format, info *Info) (_ *Error, messageLanguage string) {
	if _, ours := f.(*plan); !ours && r.URL != nil { // an Envelope does not send the path
		info.Path = r.URL.EscapedPath()
	}
	if ex != nil {
		info.RequestID, info.CorrelationID = ex.IDs()
	}
	if cc.contract.DocURL != "" {
		info.DocURL = cc.docURL(e)
	}
	message, wait := e.Message, e.RetryAfter
	if cc.languages != nil {
		info.Language = cc.languages.tags[0]
		if ex != nil {
			info.Language = ex.Language()
		}
		info.title = cc.translations[info.Language][e.Code]
		if message == e.declared().Message {
			messageLanguage = cc.languages.tags[0]
			if info.title != "" {
				message, messageLanguage = info.title, info.Language
			}
		}
	}
	if sendsRetryAfter(f) {
		wait = cc.wait(e, h)
	}
	if message == e.Message && wait == e.RetryAfter {
		return e, messageLanguage
	}
	c := *e
	c.origin = e.declared()
	c.Message, c.RetryAfter = message, wait
	return &c, messageLanguage
}

// sendsRetryAfter reports whether bodies of the Format may have the RetryAfter.
func sendsRetryAfter(f Format) bool {
	switch f := f.(type) {
	case *plan:
		return f.retryAfter
	case Problem:
		return false
	}
	return true
}
