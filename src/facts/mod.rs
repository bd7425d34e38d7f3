//! What is known of ports without asking the machine.
//!
//! Tables are sorted constants, each with its source and date; a lookup is a
//! binary search and nothing is built at start.

mod assigned;
mod blocked;
mod ephemeral;
mod images;
mod platform;
mod registered;
mod suggest;

pub use assigned::{Assigned, default_pool};
pub use blocked::{Blocked, all_blocked, blocked_by_browsers};
pub use ephemeral::{Ephemeral, ephemeral, is_privileged, privileged_ports};
pub use images::{KnownImage, image_name, known_image};
pub use platform::{PlatformPort, platform_port};
pub use registered::{WellKnown, well_known};
pub use suggest::Suggestions;
