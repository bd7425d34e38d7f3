//! Texts and what exists become changes; nothing is written here.
