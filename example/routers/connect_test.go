package routers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/failwell/failwell/example/routers"
)

// The protocols that a connect handler serves, each with a real client.
var protocols = []struct {
	name    string
	version int // of HTTP
	opts    []connect.ClientOption
}{
	{"Connect, JSON", 1, []connect.ClientOption{connect.WithProtoJSON()}},
	{"Connect", 1, nil},
	{"Connect over HTTP/2", 2, nil},
	{"gRPC", 2, []connect.ClientOption{connect.WithGRPC()}},
	{"gRPC-Web", 1, []connect.ClientOption{connect.WithGRPCWeb()}},
}

// TestConnect holds for every protocol what TestRecipes holds for the routers.
func TestConnect(t *testing.T) {
	for _, protocol := range protocols {
		t.Run(protocol.name, func(t *testing.T) {
			for _, test := range []struct {
				name, id string
				code     connect.Code // 0: no error
				message  string
				reason   string // the contract's code
				level    string // of the line about the RPC
				logged   string
			}{
				{"success", "7", 0, "", "", "", ""},
				{"declared error", "unknown", connect.CodeNotFound, "The agent does not exist", "AGENT_NOT_FOUND", "INFO", "agent-secret: no row"},
				{"error with HTTPStatus", "seats", connect.CodeAborted, "All seats are taken", "RESOURCE_CONFLICT", "INFO", "agent-secret: all seats of acme"},
				{"unknown error", "broken", connect.CodeInternal, "An unexpected error occurred", "INTERNAL_SERVER_ERROR", "ERROR", "agent-secret: the database"},
			} {
				for _, prefix := range []string{"", "/v2"} {
					t.Run(test.name+prefix, func(t *testing.T) {
						s := serve(t, routers.Connect, protocol.version)
						res, err := find(s, prefix, test.id, protocol.opts...)
						if test.code == 0 {
							require.NoError(t, err)
							require.Equal(t, "Ada", res)
						} else {
							requireRPCError(t, err, test.code, test.message, test.reason)
							line := s.line("rpc failed")
							require.Equal(t, test.level, line["level"])
							require.Equal(t, test.reason, line["code"])
							require.Contains(t, fmt.Sprint(line["cause"]), test.logged)
							rec := s.record()
							require.Equal(t, line["request_id"], rec["request_id"])
							require.Equal(t, "/agents.v1.Agents/Get", rec["route"])
							return
						}
						require.Equal(t, "/agents.v1.Agents/Get", s.record()["route"])
					})
				}
			}
			t.Run("panic", func(t *testing.T) {
				s := serve(t, routers.Connect, protocol.version)
				_, err := find(s, "", "panic", protocol.opts...)
				require.Error(t, err)
				requireNoSecret(t, err.Error())
				rec := s.record()
				require.EqualValues(t, 500, rec["status"])
				require.Equal(t, "ERROR", rec["level"])
				require.Contains(t, stack(rec), "findAgent")
			})
			t.Run("failure after the response has begun", func(t *testing.T) {
				s := serve(t, routers.Connect, protocol.version)
				export := connect.NewClient[emptypb.Empty, wrapperspb.BytesValue](s.client, s.url+"/agents.v1.Agents/Export", protocol.opts...)
				stream, err := export.CallServerStream(context.Background(), connect.NewRequest(&emptypb.Empty{}))
				require.NoError(t, err)
				bytes := 0
				for stream.Receive() {
					bytes += len(stream.Msg().GetValue())
				}
				require.Greater(t, bytes, 16_000)
				requireRPCError(t, stream.Err(), connect.CodeInternal, "An unexpected error occurred", "INTERNAL_SERVER_ERROR")
				require.Contains(t, s.line("rpc failed")["cause"], "agent-secret: the disk is gone")
				s.record()
			})
			t.Run("rate limit", func(t *testing.T) {
				s := serve(t, routers.Connect, protocol.version)
				create := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](s.client, s.url+"/agents.v1.Agents/Create", protocol.opts...)
				for range 2 {
					_, err := create.CallUnary(context.Background(), connect.NewRequest(wrapperspb.String("Ada")))
					require.NoError(t, err)
					s.record()
				}
				_, err := create.CallUnary(context.Background(), connect.NewRequest(wrapperspb.String("Ada")))
				requireRPCError(t, err, connect.CodeResourceExhausted, "Too many requests", "RATE_LIMIT_TOO_MANY_REQUESTS")
				var rpc *connect.Error
				require.ErrorAs(t, err, &rpc)
				require.NotEmpty(t, rpc.Meta().Get("Retry-After"))
				require.Equal(t, "RATE_LIMIT_TOO_MANY_REQUESTS", s.line("rpc failed")["code"])
				s.record()
			})
		})
	}
}

// TestConnect_HTTP holds what is no RPC, or no valid one.
func TestConnect_HTTP(t *testing.T) {
	const get = "/agents.v1.Agents/Get"
	for _, test := range []struct {
		name, method, path, body string
		want                     want
		rpc                      string // connect's own code instead of ours
	}{
		{"404", "POST", "/agents.v1.Agents/None", `"7"`, want{status: 404, code: "RESOURCE_NOT_FOUND", message: notFound, level: "INFO"}, ""},
		{"404 of no service", "GET", "/nowhere", "", want{status: 404, code: "RESOURCE_NOT_FOUND", message: notFound, level: "INFO"}, ""},
		{"405", "DELETE", get, "", want{status: 405, code: "METHOD_NOT_ALLOWED", level: "INFO"}, ""},
		{"wrong type", "POST", get, `{"agent-secret":7}`, want{status: 400, level: "INFO"}, "invalid_argument"},
		{"syntax error", "POST", get, `{`, want{status: 400, level: "INFO"}, "invalid_argument"},
		{"too large", "POST", get, `"` + strings.Repeat("a", 2<<20) + `"`, want{status: 429, level: "INFO"}, "resource_exhausted"},
		{"panic", "POST", get, `"panic"`, want{status: 500, code: "INTERNAL_SERVER_ERROR", level: "ERROR", logged: "findAgent"}, ""},
		{"group: 404", "POST", "/v2/agents.v1.Agents/None", `"7"`, want{status: 404, code: "RESOURCE_NOT_FOUND", message: notFound, problem: true, level: "INFO"}, ""},
		{"group: 405", "DELETE", "/v2" + get, "", want{status: 405, code: "METHOD_NOT_ALLOWED", problem: true, level: "INFO"}, ""},
		{"group: panic", "POST", "/v2" + get, `"panic"`, want{status: 500, code: "INTERNAL_SERVER_ERROR", problem: true, level: "ERROR", logged: "findAgent"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, routers.Connect, 1)
			res, body := s.send(test.method, test.path, test.body)
			rec := s.record()
			require.Equal(t, test.want.status, res.StatusCode, body)
			require.Equal(t, test.want.level, rec["level"])
			requireOneID(t, res, rec)
			requireNoSecret(t, strings.ReplaceAll(body, "unmarshal message: ", "")) // connect's own words
			if test.rpc == "" {
				requireError(t, res, body, rec, test.want)
				return
			}
			require.Equal(t, jsonType, res.Header.Get("Content-Type"))
			var e struct{ Code, Message string }
			require.NoError(t, json.Unmarshal([]byte(body), &e))
			require.Equal(t, test.rpc, e.Code)
			require.NotContains(t, e.Message, "wrapperspb")
		})
	}
	t.Run("broken binary message", func(t *testing.T) {
		s := serve(t, routers.Connect, 1)
		res, err := s.client.Post(s.url+get, "application/proto", strings.NewReader("\xffagent-secret"))
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, 400, res.StatusCode)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.JSONEq(t, `{"code":"invalid_argument","message":"unmarshal message: the message is not valid"}`, string(body))
		s.record()
	})
	t.Run("rate limit of a client that speaks no RPC", func(t *testing.T) {
		s := serve(t, routers.Connect, 1)
		for range 2 {
			s.send("PUT", "/agents.v1.Agents/Create", "")
			s.record()
		}
		res, body := s.send("PUT", "/agents.v1.Agents/Create", "")
		requireError(t, res, body, s.record(), want{status: 429, code: "RATE_LIMIT_TOO_MANY_REQUESTS"})
		require.NotEmpty(t, res.Header.Get("Retry-After"))
	})
}

// find calls Get with a real client.
func find(s *server, prefix, id string, opts ...connect.ClientOption) (string, error) {
	client := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](s.client, s.url+prefix+"/agents.v1.Agents/Get", opts...)
	res, err := client.CallUnary(context.Background(), connect.NewRequest(wrapperspb.String(id)))
	if err != nil {
		return "", err
	}
	return res.Msg.GetValue(), nil
}

// requireRPCError holds code, message and ErrorInfo of what a client received.
func requireRPCError(t *testing.T, err error, code connect.Code, message, reason string) {
	var rpc *connect.Error
	require.ErrorAs(t, err, &rpc)
	require.Equal(t, code, rpc.Code())
	require.Equal(t, message, rpc.Message())
	require.Len(t, rpc.Details(), 1)
	detail, err := rpc.Details()[0].Value()
	require.NoError(t, err)
	require.Equal(t, reason, detail.(*errdetails.ErrorInfo).GetReason())
}
