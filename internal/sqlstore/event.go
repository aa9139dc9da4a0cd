package sqlstore

// tail is the end of the event and audit tables as a transaction sees it, so that a batch of writes
// reads it once. The lock that a writing transaction holds keeps it true.
type tail struct {
	eventKnown bool
	event      int64
	auditKnown bool
	audit      int64
	hash       []byte
}
