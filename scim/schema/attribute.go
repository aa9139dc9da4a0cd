package schema

// Type is the data type of an attribute (RFC 7643 §2.3).
type Type string

// The data types.
const (
	String    Type = "string"
	Boolean   Type = "boolean"
	Decimal   Type = "decimal"
	Integer   Type = "integer"
	DateTime  Type = "dateTime"
	Binary    Type = "binary"
	Reference Type = "reference"
	Complex   Type = "complex"
)

// Mutability tells who may change a value and when (RFC 7643 §7).
type Mutability string

// The mutability values; the zero value means ReadWrite.
const (
	ReadWrite Mutability = "readWrite"
	ReadOnly  Mutability = "readOnly"
	Immutable Mutability = "immutable"
	WriteOnly Mutability = "writeOnly"
)

// Returned tells when a value is part of an answer (RFC 7643 §7).
type Returned string

// The returned values; the zero value means ReturnedDefault.
const (
	ReturnedDefault Returned = "default"
	ReturnedAlways  Returned = "always"
	ReturnedNever   Returned = "never"
	ReturnedRequest Returned = "request"
)

// Uniqueness tells within which scope a value is unique (RFC 7643 §7).
type Uniqueness string

// The uniqueness values; the zero value means UniqueNone.
const (
	UniqueNone   Uniqueness = "none"
	UniqueServer Uniqueness = "server"
	UniqueGlobal Uniqueness = "global"
)

// Attribute is the definition of one attribute or sub-attribute (RFC 7643 §7). The zero values of
// its fields are the defaults of §2.2. A definition is immutable once it is part of a Registry.
type Attribute struct {
	Name            string
	Type            Type
	MultiValued     bool
	Description     string
	Required        bool
	CanonicalValues []string
	CaseExact       bool
	Mutability      Mutability
	Returned        Returned
	Uniqueness      Uniqueness
	ReferenceTypes  []string
	SubAttributes   []*Attribute
	// Indexed asks a store for an index although uniqueness does not demand one. It is not part of
	// RFC 7643 and is not published.
	Indexed bool
	// Discarded makes an attribute known without offering it: clients may send it, the value is
	// thrown away, and it is not published. It exists for password, which identity providers send
	// whether or not it is wanted.
	Discarded bool
}

// Sub returns the sub-attribute of that name, ignoring ASCII case (RFC 7643 §2.1), or nil.
func (a *Attribute) Sub(name string) *Attribute { return find(a.SubAttributes, name) }

func find(attrs []*Attribute, name string) *Attribute {
	for _, a := range attrs {
		if EqualName(a.Name, name) {
			return a
		}
	}
	return nil
}

// EqualName compares attribute names and URNs ignoring ASCII case only (RFC 7643 §2.1). Unicode
// folding would let "uſerName" (U+017F) stand for userName.
func EqualName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
