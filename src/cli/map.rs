//! `portgen map`

use clap::{Args, ValueEnum};

use super::Status;
use super::console::Console;
use crate::app::{self, MapOptions};
use crate::diagnostic::Failure;
use crate::report::MapFormat;

/// Draw the port space: ranges, services, what is reserved and what collides
///
/// Draws the table where there is a `ports.toml`, else what a survey of the
/// folder finds: the same picture wherever the files are the same. With
/// `--machine` it also draws what this machine holds at this moment: numbers
/// that the ledger gave, other projects and the ranges that are kept for them,
/// ports that failed, and who listens. Drawing a collision is no failure: the
/// exit code is 0. It is 1 where a mistake keeps a part of the table from being
/// read; the rest is drawn.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// How to draw
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Drawing,
    /// Draw what this machine holds, too: the ledger, other projects, who listens
    #[arg(long)]
    machine: bool,
    /// Draw what the files of the folder say, even where there is a table
    #[arg(long)]
    survey: bool,
}

/// The words of `--format` for pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Drawing {
    /// Lines of text
    Text,
    /// A picture in SVG, light and dark
    Svg,
    /// A page of HTML that needs nothing else, light and dark
    Html,
    /// One versioned JSON object
    Json,
}

const EXAMPLES: &str = "\
Examples:
  portgen map
  portgen map --survey
  portgen map --machine
  portgen map --format svg > ports.svg
  portgen map --format html > ports.html";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == Drawing::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let map =
        app::map(&console.location()?, MapOptions { survey: arguments.survey, machine: arguments.machine })?;
    let format = match arguments.format {
        Drawing::Text => MapFormat::Text,
        Drawing::Svg => MapFormat::Svg,
        Drawing::Html => MapFormat::Html,
        Drawing::Json => MapFormat::Json,
    };
    console.print(&map.draw(format, console.appearance()))?;
    if map.has_gaps {
        console.say("the table has mistakes, and this is what could be read: `portgen check` shows them");
        return Ok(Status::Found);
    }
    Ok(Status::Done)
}
