//! What is known of ports.
