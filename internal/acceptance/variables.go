package acceptance

import (
	"fmt"
	"regexp"
	"sync"
)

// Variables are what a trace knows by name. They are shared by the steps that run at the same time.
type Variables struct {
	mu     sync.RWMutex // guards values
	values map[string]any
}

// Scope reads variables with the counter ${i} of a repeated step over them.
type Scope struct {
	variables *Variables
	counter   int // 0 outside a repeated step
}

var reference = regexp.MustCompile(`\$\{([^${}]+)\}`)

// Set stores a variable.
func (v *Variables) Set(name string, value any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.values == nil {
		v.values = map[string]any{}
	}
	v.values[name] = value
}

// Append adds to a list variable.
func (v *Variables) Append(name string, value any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.values == nil {
		v.values = map[string]any{}
	}
	v.values[name] = append(list(v.values[name]), value)
}

// Get reads a variable.
func (v *Variables) Get(name string) (any, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	value, ok := v.values[name]
	return value, ok
}

func (s Scope) get(name string) (any, bool) {
	if name == "i" && s.counter > 0 {
		return float64(s.counter), true
	}
	return s.variables.Get(name)
}

// Text replaces every ${name}, innermost first, so that ${q${i}} works.
func (s Scope) Text(text string) (string, error) {
	for range 5 {
		var unknown string
		replaced := reference.ReplaceAllStringFunc(text, func(ref string) string {
			name := ref[2 : len(ref)-1]
			value, ok := s.get(name)
			switch value := value.(type) {
			case string:
				return value
			case float64, bool:
				return fmt.Sprint(value)
			}
			if !ok || unknown == "" {
				unknown = name
			}
			return ref
		})
		if unknown != "" {
			return "", fmt.Errorf("variable %q has no text", unknown)
		}
		if replaced == text {
			return text, nil
		}
		text = replaced
	}
	return "", fmt.Errorf("variables refer to each other in %q", text)
}

// Value replaces variables in all strings and keys of a JSON value. A string that is nothing but one
// variable becomes the variable's value, whatever its type.
func (s Scope) Value(value any) (any, error) {
	switch value := value.(type) {
	case string:
		if m := reference.FindStringSubmatchIndex(value); m != nil && m[0] == 0 && m[1] == len(value) {
			if v, ok := s.get(value[m[2]:m[3]]); ok {
				return v, nil
			}
		}
		return s.Text(value)
	case []any:
		out := make([]any, len(value))
		for i, element := range value {
			v, err := s.Value(element)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(value))
		for key, element := range value {
			k, err := s.Text(key)
			if err != nil {
				return nil, err
			}
			v, err := s.Value(element)
			if err != nil {
				return nil, err
			}
			out[k] = v
		}
		return out, nil
	}
	return value, nil
}
