//! The colours of the pictures, in light and in dark.

/// Colours as `#rrggbb`.
pub(super) struct Palette {
    /// Behind everything.
    pub(super) ground: &'static str,
    /// Text.
    pub(super) ink: &'static str,
    /// Text that may be passed over.
    pub(super) faint: &'static str,
    /// Thin lines.
    pub(super) line: &'static str,
    /// Ports that nobody has.
    pub(super) free: &'static str,
    /// Ports that are kept.
    pub(super) kept: &'static str,
    /// Ports of services, links.
    pub(super) taken: &'static str,
    /// Ports that others on this machine have.
    pub(super) other: &'static str,
    /// Ports in collision.
    pub(super) bad: &'static str,
}

pub(super) const LIGHT: Palette = Palette {
    ground: "#ffffff",
    ink: "#1c2128",
    faint: "#57606a",
    line: "#d5dae0",
    free: "#e9edf1",
    kept: "#a9b3be",
    taken: "#0b62c4",
    other: "#7a46c9",
    bad: "#c4141f",
};

pub(super) const DARK: Palette = Palette {
    ground: "#10141a",
    ink: "#e8edf3",
    faint: "#9aa4b0",
    line: "#2d343d",
    free: "#222932",
    kept: "#4c5662",
    taken: "#5aa7ff",
    other: "#b48ef5",
    bad: "#ff8078",
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of WCAG 2.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits");
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, two: &str) -> f64 {
        let (one, two) = (luminance(one), luminance(two));
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    #[test]
    fn text_has_a_contrast_of_aa_and_signs_one_of_3() {
        for palette in [LIGHT, DARK] {
            for text in [palette.ink, palette.faint, palette.taken, palette.other, palette.bad] {
                let found = contrast(text, palette.ground);
                assert!(found >= 4.5, "{text} on {}: {found:.2}", palette.ground);
            }
            for sign in [palette.taken, palette.other, palette.bad] {
                let found = contrast(sign, palette.free);
                assert!(found >= 3.0, "{sign} beside {}: {found:.2}", palette.free);
            }
        }
    }
}
