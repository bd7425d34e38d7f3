//! The port that a program of ASP.NET takes in the image of its version, where
//! neither its image nor its own files say another: 8080 since .NET 8, and 80
//! before that.

use super::disagreement::Statement;
use crate::model::{Port, PortRange};
use crate::readers::compose::Texts;
use crate::readers::{dockerfile, join};
use crate::source::{Place, SourceId, Span};

/// What of a program's own files may tell it where to listen.
const TOLD: &[&str] = &["Urls", "Kestrel", "Listen", "URLS", "PORT", "Port)", "port)"];

/// What of a Dockerfile tells it, or lets something else do so.
const IMAGE_TOLD: &[&str] = &["URLS", "_PORTS", "PORT=", "--urls", "DOTNET_", "Kestrel"];

/// The port of the program of a Dockerfile, which stands at its base image.
pub(super) fn own_port(
    source: SourceId,
    text: &str,
    component: &str,
    texts: &mut Texts<'_>,
) -> Option<Statement> {
    let image = dockerfile::base_image(text)?;
    let port = port_of(text.get(image.clone())?)?;
    if IMAGE_TOLD.iter().any(|word| text.contains(word)) || !is_plain(text, component, texts) {
        return None;
    }
    let place = Place { source, span: Span::new(image.start, image.end) };
    let role = "its own port, where nothing says another";
    Some(Statement { ports: PortRange::single(Port::new(port)?), place, role })
}

/// The port that an image has its programs listen on.
fn port_of(image: &str) -> Option<u16> {
    let (name, tag) = image.rsplit_once(':')?;
    let digits = tag.split(|one: char| !one.is_ascii_digit()).next()?;
    let major: u16 = digits.parse().ok()?;
    // The first ones had another name.
    let is_official = name.ends_with("dotnet/aspnet") || name.ends_with("dotnet/core/aspnet");
    is_official.then_some(if major >= 8 { 8080 } else { 80 })
}

/// Whether the files that start the program are known, and tell it no port.
fn is_plain(text: &str, component: &str, texts: &mut Texts<'_>) -> bool {
    let folders = ["".to_owned()]
        .into_iter()
        .chain(assembly(text).into_iter().flat_map(|name| [format!("{name}/"), format!("src/{name}/")]));
    let mut is_known = false;
    for folder in folders {
        for name in ["Program.cs", "Startup.cs", "appsettings.json", "appsettings.Production.json"] {
            let path = join(component, &format!("{folder}{name}"));
            let Some(found) = path.and_then(|path| texts.open(&path)) else { continue };
            let text = texts.sources.get(found).text();
            let is_settings = name.ends_with(".json");
            let tells = |word: &&str| text.contains(*word);
            // Settings hold addresses of others.
            let is_told = match is_settings {
                true => TOLD[..3].iter().any(tells) || tells(&"\"urls\""),
                false => TOLD.iter().any(tells) || runs_elsewhere(text),
            };
            if is_told {
                return false;
            }
            is_known |= name == "Program.cs";
        }
    }
    is_known
}

/// Whether a program is run at an address that it says itself: `app.Run("http://*:5000")`.
fn runs_elsewhere(text: &str) -> bool {
    text.split("Run(").skip(1).any(|rest| !rest.trim_start().starts_with(')'))
}

/// What the program is called that a Dockerfile starts: `Shop.Api` of `Shop.Api.dll`.
fn assembly(text: &str) -> Option<&str> {
    let end = text.rfind(".dll")?;
    let name = text[..end].rsplit(['"', '\'', ' ', '/', '[']).next()?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_a_version_has_a_port() {
        for (image, expected) in [
            ("mcr.microsoft.com/dotnet/aspnet:8.0", Some(8080)),
            ("mcr.microsoft.com/dotnet/aspnet:10.0-alpine", Some(8080)),
            ("mcr.microsoft.com/dotnet/aspnet:6.0", Some(80)),
            ("mcr.microsoft.com/dotnet/core/aspnet:3.1-buster-slim", Some(80)),
            ("mcr.microsoft.com/dotnet/runtime:8.0", None),
            ("mcr.microsoft.com/dotnet/aspnet", None),
            ("company/aspnet:8", None),
        ] {
            assert_eq!(port_of(image), expected, "{image}");
        }
    }

    #[test]
    fn stages_are_followed_to_their_image() {
        let text = "FROM --platform=$X a/aspnet:8.0 AS base\nFROM sdk AS build\nFROM base AS final\nENTRYPOINT [\"dotnet\", \"Shop.Api.dll\"]\n";
        assert_eq!(dockerfile::base_image(text).map(|range| &text[range]), Some("a/aspnet:8.0"));
        assert_eq!(assembly(text), Some("Shop.Api"));
    }
}
