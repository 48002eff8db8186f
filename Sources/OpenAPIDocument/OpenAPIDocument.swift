// OpenAPIDocument: routes and schema to OpenAPI 3.1.
//
// Owns: the document that `drawbridge openapi` prints. Nothing of it stands yet.
