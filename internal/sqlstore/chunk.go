package sqlstore

import (
	"iter"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
)

// chunkSizes are the lengths of lists in statements: few, so that few texts are prepared.
var chunkSizes = [...]int{1, 8, 64, 400}

// chunks cuts ids into arguments for statements. The last chunk is filled up with its last id.
func chunks(ids []directory.ResourceID) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for len(ids) > 0 {
			size := chunkSizes[len(chunkSizes)-1]
			for _, s := range chunkSizes {
				if len(ids) <= s {
					size = s
					break
				}
			}
			chunk := make([]any, size)
			for i := range chunk {
				chunk[i] = ids[min(i, len(ids)-1)]
			}
			if !yield(chunk) {
				return
			}
			ids = ids[min(size, len(ids)):]
		}
	}
}

// placeholders returns ($first, …) with n placeholders.
func placeholders(first, n int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	b.WriteByte(')')
	return b.String()
}
