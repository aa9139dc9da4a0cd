package acceptance

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
)

// Match compares a value with a matcher and returns what does not hold, nothing when all does. A plain
// value means equal, type included; an object made of operators means that each of them holds.
func Match(matcher, got any, present bool) []string {
	operators, ok := asOperators(matcher)
	if !ok {
		if !present || !reflect.DeepEqual(matcher, got) {
			return []string{fmt.Sprintf("want %s, got %s", show(matcher), showFound(got, present))}
		}
		return nil
	}
	var problems []string
	for name, argument := range operators {
		if !operatorHolds(name, argument, got, present) {
			problems = append(problems, fmt.Sprintf("want %s %s, got %s", name, show(argument), showFound(got, present)))
		}
	}
	return problems
}

var operatorNames = map[string]bool{
	"exists": true, "absentOrEmpty": true, "type": true, "eq": true, "ne": true, "ieq": true,
	"contains": true, "notContains": true, "icontains": true, "containsAll": true, "set": true,
	"length": true, "minLength": true, "gte": true, "lte": true, "matches": true, "oneOf": true, "unique": true,
}

// asOperators tells operators from a plain object that happens to have a key such as "type".
func asOperators(matcher any) (map[string]any, bool) {
	object, ok := matcher.(map[string]any)
	if !ok || len(object) == 0 {
		return nil, false
	}
	for name, argument := range object {
		if !operatorNames[name] {
			return nil, false
		}
		if name == "type" {
			switch argument {
			case "number", "string", "boolean", "array", "object", "null":
			default:
				return nil, false
			}
		}
	}
	return object, true
}

func operatorHolds(name string, want, got any, present bool) bool {
	switch name {
	case "exists":
		return want == present
	case "absentOrEmpty":
		return want == (!present || isEmpty(got))
	case "ne":
		return !present || !reflect.DeepEqual(want, got)
	case "notContains":
		return !present || !contains(got, want)
	}
	if !present {
		return false
	}
	switch name {
	case "type":
		return typeName(got) == want
	case "eq":
		return reflect.DeepEqual(want, got)
	case "ieq":
		return strings.EqualFold(fmt.Sprint(want), fmt.Sprint(got))
	case "contains":
		return contains(got, want)
	case "icontains":
		return containsFold(got, want)
	case "containsAll":
		for _, w := range list(want) {
			if !contains(got, w) {
				return false
			}
		}
		return true
	case "set":
		array, ok := got.([]any)
		return ok && sameSet(list(want), array)
	case "length":
		return float64(length(got)) == want
	case "minLength":
		least, ok := want.(float64)
		return ok && float64(length(got)) >= least
	case "gte":
		return ordered(want, got)
	case "lte":
		return ordered(got, want)
	case "matches":
		text, ok := got.(string)
		pattern, err := regexp.Compile(fmt.Sprint(want))
		return ok && err == nil && pattern.MatchString(text)
	case "oneOf":
		for _, w := range list(want) {
			if reflect.DeepEqual(w, got) {
				return true
			}
		}
		return false
	case "unique":
		return want == isUnique(got)
	}
	return false
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// isEmpty tells the states that RFC 7643 §2.5 treats as unassigned, the empty string included.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	default:
		return "object"
	}
}

// contains is a substring of a string, an element of an array (objects by superset), or a superset of
// an object.
func contains(got, want any) bool {
	switch got := got.(type) {
	case string:
		part, ok := want.(string)
		return ok && strings.Contains(got, part)
	case []any:
		for _, element := range got {
			if superset(element, want) {
				return true
			}
		}
		return false
	default:
		return superset(got, want)
	}
}

func superset(got, want any) bool {
	pairs, ok := want.(map[string]any)
	if !ok {
		return reflect.DeepEqual(got, want)
	}
	object, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for key, value := range pairs {
		if v, ok := object[key]; !ok || !superset(v, value) {
			return false
		}
	}
	return true
}

func containsFold(got, want any) bool {
	part := strings.ToLower(fmt.Sprint(want))
	switch got := got.(type) {
	case string:
		return strings.Contains(strings.ToLower(got), part)
	case []any:
		for _, element := range got {
			if text, ok := element.(string); ok && strings.ToLower(text) == part {
				return true
			}
		}
	}
	return false
}

func sameSet(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	used := make([]bool, len(got))
next:
	for _, w := range want {
		for i, g := range got {
			if !used[i] && reflect.DeepEqual(w, g) {
				used[i] = true
				continue next
			}
		}
		return false
	}
	return true
}

func length(v any) int {
	switch v := v.(type) {
	case string:
		return len([]rune(v))
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return -1
}

// ordered tells whether low is not above high, among numbers or among strings.
func ordered(low, high any) bool {
	switch low := low.(type) {
	case float64:
		h, ok := high.(float64)
		return ok && low <= h
	case string:
		h, ok := high.(string)
		return ok && low <= h
	}
	return false
}

func isUnique(v any) bool {
	array, ok := v.([]any)
	if !ok {
		return false
	}
	for i := range array {
		for j := range i {
			if reflect.DeepEqual(array[i], array[j]) {
				return false
			}
		}
	}
	return true
}

func show(v any) string {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fmt.Sprint(v)
	}
	return abbreviate(string(b), 500)
}

func showFound(v any, present bool) string {
	if !present {
		return "nothing"
	}
	return show(v)
}
