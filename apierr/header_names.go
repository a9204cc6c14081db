package apierr

import (
	"net/http"
	"net/textproto"
	"strings"
)

// A fieldRole is what a header field of a response has to do with its body. It
// decides whether the field survives when an error replaces that body.
type fieldRole uint8

const (
	// Unrelated fields survive: cookies, CORS, security policies, rate limits.
	unrelated fieldRole = iota

	// Completed fields survive; answer adds to them.
	completed

	// Metadata describe the body that is replaced and are dropped. The Header of
	// an Error may set them, as Content-Language for its message.
	metadata

	// Validators are metadata, but those of the resource on a 412.
	validator

	// Content-Range is that of the resource on a 416, else metadata.
	contentRange

	// Reserved fields are dropped, and the Header of an Error cannot set them:
	// answer alone says how the body is framed, typed and cached.
	reserved
)

// roleOf returns the role of the field with this canonical name.
func roleOf(name string) fieldRole {
	switch name {
	case "Allow", "Cache-Control", "Retry-After", "Vary", "Www-Authenticate", "Access-Control-Expose-Headers":
		return completed
	case "Content-Disposition", "Content-Language", "Content-Location":
		return metadata
	case "Etag", "Last-Modified":
		return validator
	case "Content-Range":
		return contentRange
	case "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Trailer", "X-Content-Type-Options":
		return reserved
	// Caches other than the client's, RFC 9111 and, by its suffix, RFC 9213.
	case "Age", "Expires", "Pragma", "Edge-Control", "Surrogate-Control", "X-Accel-Expires":
		return reserved
	// A file in place of the body, by which a proxy in front replaces it.
	case "X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File", "X-Lighttpd-Send-Tempfile", "X-Litespeed-Location",
		"X-Reproxy-File", "X-Reproxy-Url":
		return reserved
	// Digests and signatures of the body: RFC 9530 and its predecessors, RFC 9421.
	case "Content-Digest", "Content-Md5", "Digest", "Repr-Digest", "Unencoded-Digest", "Content-Signature", "Signature", "Signature-Input":
		return reserved
	// The body as a dictionary for later ones, RFC 9842 section 2.1.
	case "Use-As-Dictionary":
		return reserved
	}
	if strings.HasSuffix(name, "-Cache-Control") || strings.HasPrefix(name, http.TrailerPrefix) {
		return reserved
	}
	return unrelated
}

// survives reports whether the field with this canonical name may be part of an
// error response with the status.
func (role fieldRole) survives(status int) bool {
	switch role {
	case validator:
		return status == http.StatusPreconditionFailed
	case contentRange:
		return status == http.StatusRequestedRangeNotSatisfiable
	case metadata, reserved:
		return false
	}
	return true
}

// isReservedForHTTP reports whether a header with this canonical name cannot
// carry an ID, in a response or in a request: HTTP, its security or its proxies
// give it another meaning.
func isReservedForHTTP(name string) bool {
	if roleOf(name) != unrelated {
		return true
	}
	switch name {
	// The connection and the message, RFC 9110 and RFC 9112.
	case "Connection", "Keep-Alive", "Te", "Upgrade", "Via", "Expect", "Max-Forwards", "Http2-Settings", "Alt-Svc", "Alt-Used",
		"Date", "Host", "Server", "User-Agent", "From", "Referer", "Link", "Location", "Refresh", "Range", "Prefer",
		"Preference-Applied", "Priority", "Early-Data", "Early-Hints", "Warning", "Sourcemap":
		return true
	// The user and the policies of the page.
	case "Authorization", "Authentication-Info", "Cookie", "Set-Cookie", "Origin", "Dnt", "Clear-Site-Data", "Permissions-Policy",
		"Referrer-Policy", "Report-To", "Reporting-Endpoints", "Nel", "Strict-Transport-Security", "Timing-Allow-Origin",
		"X-Frame-Options", "X-Xss-Protection", "X-Requested-With", "X-Csrf-Token":
		return true
	// The client's address and name as proxies report it.
	case "Forwarded", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Original-Host", "X-Original-Url",
		"X-Rewrite-Url", "X-Http-Method-Override":
		return true
	// IDs with a syntax of their own, W3C Trace Context and Baggage.
	case "Traceparent", "Tracestate", "Traceresponse", "Baggage":
		return true
	}
	for _, prefix := range [...]string{
		"Accept", "Access-Control-", "Cdn-", "Content-", "Cross-Origin-", "If-", "Proxy-", "Ratelimit", "Sec-",
		"X-Accel-", "X-Forwarded-", "X-Ratelimit-",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// clean drops from h what described the body that an answer with the status
// replaces, and Content-Encoding unless it is to be kept. A name in another
// spelling, as in h["ETag"], counts as the field that it spells on the wire: what
// the answer or the layer above sets is not sent twice. Going through what is in
// h costs less than a look-up of each name.
func (cc *CompiledContract) clean(h http.Header, status int, keepEncoding bool) {
	for name, values := range h {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		role := roleOf(canonical)
		switch {
		case keepEncoding && canonical == "Content-Encoding":
		case !role.survives(status):
			delete(h, name)
		case name != canonical && (role != unrelated || cc.isIDHeader(canonical)):
			delete(h, name)
			if role == unrelated && len(h[canonical]) > 0 {
				continue // the one that is there is the layer's
			}
			n := len(h[canonical])
			h[canonical] = append(h[canonical][:n:n], values...)
		}
	}
}

// isIDHeader reports whether the contract has an ID in the header.
func (cc *CompiledContract) isIDHeader(name string) bool {
	return name == cc.contract.RequestIDHeader || name == cc.contract.CorrelationIDHeader
}
