package routers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
)

// Connect is the recipe for connect-go. RPC clients read errors in the form of
// their protocol (Connect, gRPC, gRPC-Web), and connect writes them: an
// interceptor turns the errors of handlers into connect's, and an ErrorWriter
// does the same for what refuses a request before its handler. The contract
// answers everything else: unknown paths, other methods, panics.
//
// connect sends the text of an error that it does not know to the client, which
// the interceptor prevents, and that of a decoding error, which names Go types
// and quotes the input and which no interceptor of a unary RPC sees: the two
// codecs of connect_codec.go prevent that. Leave out connect.WithRecover: New recovers panics
// and logs their stack. Messages are limited by New's body limit, a stream of
// the client as a whole: wrap such a handler in middleware.MaxBody(0) and use
// connect.WithReadMaxBytes.
//
// The messages here are well-known types, so that no code need be generated.
func Connect(log *slog.Logger) http.Handler {
	limit := ratelimit.NewMemory(ratelimit.PerMinute("create", 2))
	byIP := ratelimit.ByIP()
	limited := func(r *http.Request) error {
		key, err := byIP(r)
		if err != nil {
			return err
		}
		return ratelimit.Take(r, limit, key, 1)
	}

	options := connect.WithHandlerOptions(
		connect.WithInterceptors(connectErrors{log}),
		connect.WithCodec(connectJSON{}),
		connect.WithCodec(connectProto{}),
	)
	agents := http.NewServeMux()
	agents.Handle("/agents.v1.Agents/Get", connect.NewUnaryHandler("/agents.v1.Agents/Get", connectGet, options))
	agents.Handle("/agents.v1.Agents/Create", connectGuard(limited, log,
		connect.NewUnaryHandler("/agents.v1.Agents/Create", connectCreate, options)))
	agents.Handle("/agents.v1.Agents/Export", connect.NewServerStreamHandler("/agents.v1.Agents/Export", connectExport, options))

	mux := http.NewServeMux()
	mux.Handle("/agents.v1.Agents/", agents)
	mux.Handle("/v2/", middleware.New(V2)(http.StripPrefix("/v2", agents))) // with its own contract
	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(mapSeats),
	)(mux)
}

// connectError is what an RPC client receives for err: the message of the
// contract's error, its status as connect's code, its code as the reason of an
// ErrorInfo. Errors that the handler made with connect.NewError stay as they are.
// The record of the request cannot know what connect writes, and a gRPC failure
// has the status 200, so the error is logged here.
func connectError(ctx context.Context, log *slog.Logger, err error) error {
	if err == nil {
		return nil
	}
	if own := new(connect.Error); errors.As(err, &own) {
		return err
	}
	e := apierr.Resolve(ctx, err)
	level := slog.LevelInfo
	if e.Status >= 500 {
		level = slog.LevelError
	}
	log.Log(ctx, level, "rpc failed", "request_id", apierr.RequestID(ctx), "code", e.Code, "cause", err)

	out := connect.NewError(connectCode(e.Status), errors.New(e.Message))
	if detail, err := connect.NewErrorDetail(&errdetails.ErrorInfo{Reason: e.Code}); err == nil {
		out.AddDetail(detail)
	}
	if e.RetryAfter > 0 {
		out.Meta().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	return out
}

// connectCode returns the code for a status, as google.rpc.Code pairs them.
func connectCode(status int) connect.Code {
	switch status {
	case 401:
		return connect.CodeUnauthenticated
	case 403:
		return connect.CodePermissionDenied
	case 404:
		return connect.CodeNotFound
	case 409:
		return connect.CodeAborted
	case 429:
		return connect.CodeResourceExhausted
	case 499:
		return connect.CodeCanceled
	case 501:
		return connect.CodeUnimplemented
	case 503:
		return connect.CodeUnavailable
	case 504:
		return connect.CodeDeadlineExceeded
	}
	if status < 500 {
		return connect.CodeInvalidArgument
	}
	return connect.CodeInternal
}

// connectGuard runs check before the RPC starts, and answers its error in the
// protocol of the client.
func connectGuard(check func(*http.Request) error, log *slog.Logger, rpc http.Handler) http.Handler {
	out := connect.NewErrorWriter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch err := check(r); {
		case err == nil:
			rpc.ServeHTTP(w, r)
		case out.IsSupported(r):
			out.Write(w, r, connectError(r.Context(), log, err)) // fails if the client has gone
		default:
			apierr.Write(w, r, err)
		}
	})
}

// connectErrors is the interceptor: it reports the procedure as the route, and
// turns the errors of handlers into connect's.
type connectErrors struct{ log *slog.Logger }

func (i connectErrors) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		middleware.SetRoute(ctx, req.Spec().Procedure)
		res, err := next(ctx, req)
		return res, connectError(ctx, i.log, err)
	}
}

func (i connectErrors) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		middleware.SetRoute(ctx, conn.Spec().Procedure)
		return connectError(ctx, i.log, next(ctx, conn))
	}
}

func (connectErrors) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func connectGet(_ context.Context, req *connect.Request[wrapperspb.StringValue]) (*connect.Response[wrapperspb.StringValue], error) {
	agent, err := findAgent(req.Msg.GetValue())
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(wrapperspb.String(agent.Name)), nil
}

func connectCreate(_ context.Context, req *connect.Request[wrapperspb.StringValue]) (*connect.Response[wrapperspb.StringValue], error) {
	agent, err := createAgent(NewAgent{Name: req.Msg.GetValue()})
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(wrapperspb.String(agent.ID)), nil
}

func connectExport(_ context.Context, _ *connect.Request[emptypb.Empty], stream *connect.ServerStream[wrapperspb.BytesValue]) error {
	from := exportAgents()
	part := make([]byte, 4<<10)
	for {
		n, err := from.Read(part)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(wrapperspb.Bytes(part[:n])); err != nil {
			return err
		}
	}
}
