package poly

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"slices"
)

// script is the source of a function: one expression over its parameters,
// which are integers, with + - * / % and parentheses. The grammar is Go's, so
// that its parser can be used.
type script struct{ expr ast.Expr }

func parseScript(code string) (script, error) {
	expr, err := parser.ParseExpr(code)
	if err != nil {
		return script{}, err
	}
	return script{expr}, nil
}

// check reports the first thing that would fail with any arguments.
func (s script) check(parameters []string) (err error) {
	ast.Inspect(s.expr, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.BinaryExpr, *ast.UnaryExpr, *ast.ParenExpr, *ast.BasicLit:
		case *ast.Ident:
			if !slices.Contains(parameters, n.Name) {
				err = fmt.Errorf("%s is no parameter", n.Name)
			}
		default:
			err = fmt.Errorf("%T is no arithmetic", n)
		}
		return err == nil
	})
	return err
}

// run returns the result for the arguments, as a decimal number.
func (s script) run(arguments map[string]int64) (string, error) {
	v, err := eval(s.expr, arguments)
	if err != nil {
		return "", err
	}
	return v.ExactString(), nil
}

var errZero = errors.New("division by zero")

func eval(e ast.Expr, arguments map[string]int64) (constant.Value, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return eval(e.X, arguments)
	case *ast.UnaryExpr:
		return evalUnary(e, arguments)
	case *ast.Ident:
		n, ok := arguments[e.Name]
		if !ok {
			return nil, fmt.Errorf("%s has no value", e.Name)
		}
		return constant.MakeInt64(n), nil
	case *ast.BasicLit:
		if e.Kind != token.INT {
			return nil, fmt.Errorf("%s is no integer", e.Value)
		}
		return constant.MakeFromLiteral(e.Value, e.Kind, 0), nil
	case *ast.BinaryExpr:
		return evalBinary(e, arguments)
	}
	return nil, fmt.Errorf("%T is no arithmetic", e)
}

func evalUnary(e *ast.UnaryExpr, arguments map[string]int64) (constant.Value, error) {
	x, err := eval(e.X, arguments)
	if err != nil {
		return nil, err
	}
	if e.Op != token.ADD && e.Op != token.SUB {
		return nil, fmt.Errorf("there is no %s", e.Op)
	}
	return constant.UnaryOp(e.Op, x, 0), nil
}

func evalBinary(e *ast.BinaryExpr, arguments map[string]int64) (constant.Value, error) {
	x, err := eval(e.X, arguments)
	if err != nil {
		return nil, err
	}
	y, err := eval(e.Y, arguments)
	if err != nil {
		return nil, err
	}
	op := e.Op
	switch op {
	case token.ADD, token.SUB, token.MUL:
	case token.QUO, token.REM:
		if constant.Sign(y) == 0 {
			return nil, errZero
		}
		if op == token.QUO {
			op = token.QUO_ASSIGN // go/constant's word for the division of integers
		}
	default:
		return nil, fmt.Errorf("there is no %s", e.Op)
	}
	return constant.BinaryOp(x, op, y), nil
}
