//! The use-cases, one file each, shared by every front end.
