package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	cases := []struct {
		name, log string
		failed    bool
		has, not  []string
	}{
		{"a pass says its package only",
			`{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":1.5}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t1.5s\n"}
{"Action":"pass","Package":"p","Elapsed":1.5}`,
			false, []string{"ok  \tp\t1.5s\n", "1.5 s  p TestA"}, []string{"chatter", "PASS"}},
		{"a failure has its output",
			`{"Action":"output","Package":"p","Test":"TestA/x","Output":"why\n"}
{"Action":"fail","Package":"p","Test":"TestA/x","Elapsed":0}`,
			true, []string{"why\n"}, nil},
		{"a skip has its reason",
			`{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    no nginx\n"}
{"Action":"skip","Package":"p","Test":"TestA","Elapsed":0}`,
			false, []string{"no nginx"}, []string{"=== RUN"}},
		{"a package that does not build",
			`{"ImportPath":"p","Action":"build-output","Output":"undefined: x\n"}
{"ImportPath":"p","Action":"build-fail"}`,
			true, []string{"undefined: x"}, nil},
		{"a process that dies",
			`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: far\n"}`,
			true, []string{"p TestA did not end", "panic: far"}, nil},
		{"a line of go itself", "go: downloading m v1.0.0", false, []string{"go: downloading m v1.0.0\n"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			failed, err := run(strings.NewReader(c.log), &out)
			if err != nil || failed != c.failed {
				t.Errorf("run = %v, %v, want %v", failed, err, c.failed)
			}
			for _, s := range c.has {
				if !strings.Contains(out.String(), s) {
					t.Errorf("no %q in %q", s, out.String())
				}
			}
			for _, s := range c.not {
				if strings.Contains(out.String(), s) {
					t.Errorf("%q in %q", s, out.String())
				}
			}
		})
	}
}
