//go:build !linux

package redislimit_test

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
