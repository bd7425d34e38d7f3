//! The one room that touches disk, environment and git.
