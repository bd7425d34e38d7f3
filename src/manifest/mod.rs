//! Text to a spanned document to a project; a mistake is a finding, and the rest goes on.
