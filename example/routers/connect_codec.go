package routers

import (
	"errors"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// errMessage is what a client receives for a message that cannot be decoded.
var errMessage = errors.New("the message is not valid")

// connectJSON is connect's codec for JSON, but for the text of its errors.
type connectJSON struct{}

func (connectJSON) Name() string { return "json" }

func (connectJSON) Marshal(m any) ([]byte, error) { return protojson.Marshal(m.(proto.Message)) }

func (connectJSON) Unmarshal(b []byte, m any) error {
	if (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(b, m.(proto.Message)) != nil {
		return errMessage
	}
	return nil
}

// connectProto is connect's codec for the binary form, but for the text of its
// errors.
type connectProto struct{}

func (connectProto) Name() string { return "proto" }

func (connectProto) Marshal(m any) ([]byte, error) { return proto.Marshal(m.(proto.Message)) }

func (connectProto) Unmarshal(b []byte, m any) error {
	if proto.Unmarshal(b, m.(proto.Message)) != nil {
		return errMessage
	}
	return nil
}
