package directory

import (
	"fmt"

	"github.com/rosterhq/roster/scim"
)

// InputError says what is wrong with one value that an administrator gave.
type InputError struct {
	// Field is the snake_case name of the value, such as "slug" or "policies.delete".
	Field string
	// Value is the offending value; it may be empty.
	Value string
	// Reason completes the sentence that Field begins: "must not be empty".
	Reason string
}

func (e *InputError) Error() string {
	if e.Value == "" {
		return e.Field + " " + e.Reason
	}
	return fmt.Sprintf("%s %q %s", e.Field, scim.Abbreviate(e.Value), e.Reason)
}
