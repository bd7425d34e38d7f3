//! One table of ports, checked, and rendered into every file that needs a port.

pub mod source;
pub mod diagnostic;
pub mod model;
pub mod manifest;
pub mod facts;
pub mod target;
pub mod rules;
pub mod check;
pub mod render;
pub mod plan;
pub mod world;
pub mod apply;
pub mod app;
pub mod report;
pub mod cli;
