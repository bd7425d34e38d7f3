//! Workflows.

#![no_main]

portgen_fuzz::reader!("workflow": ".github/workflows/ci.yml" ".gitlab-ci.yml");
