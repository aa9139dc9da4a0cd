package scim

// MediaType is the media type of every SCIM body (RFC 7644 §8.1).
const MediaType = "application/scim+json"

// URNs of the schemas that RFC 7643 defines.
const (
	UserSchema                  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema                 = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseUserSchema        = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	ServiceProviderConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	ResourceTypeSchema          = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	SchemaSchema                = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// URNs of the protocol messages of RFC 7644.
const (
	ErrorMessage         = "urn:ietf:params:scim:api:messages:2.0:Error"
	ListResponseMessage  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	SearchRequestMessage = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	PatchOpMessage       = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	BulkRequestMessage   = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	BulkResponseMessage  = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
)
