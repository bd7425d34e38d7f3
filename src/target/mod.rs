//! What a target is: metadata, options, casing, the context of its template.
