//! A sound project and a target become text.
