//! Whether a port is free, asked of the machine that the tests run on: real
//! sockets, held in every way, and networks of their own.

/// The ways to hold a port.
mod holders;
/// Each way to hold a port, looked at.
mod matrix;
/// Machines with other networks: without IPv6, all ports ephemeral.
mod networks;
