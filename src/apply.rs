//! Carries out a plan, atomically.
