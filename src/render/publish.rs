//! A port with a variable in place of its number: as Compose publishes it,
//! `127.0.0.1:${API_PORT:-9000}:8000/udp`, and in a URL.

use minijinja::value::Kwargs;
use minijinja::{Error, Value};

use super::fault::Fault;
use super::table::PortObject;
use crate::model::{Address, Endpoint, Protocol};

/// `published(port, style)`: the entries of `ports:` for a port, one for each
/// protocol, without quotes.
pub(super) fn published(port: Value, style: &str, rest: Kwargs) -> Result<Vec<String>, Error> {
    rest.assert_all_used()?;
    let endpoint = port.downcast_object_ref::<PortObject>().and_then(PortObject::endpoint);
    let Some(endpoint) = endpoint else { return Err(Fault::new("`published` takes a port").error()) };
    let style = Style::parse(style)
        .ok_or_else(|| Fault::new("the style is 'default', 'required' or 'literal'").error())?;
    entries(endpoint, style)
}

/// `url_at(port, text)`: its URL with a text in place of the number.
pub(super) fn url_at(port: Value, number: &str) -> Result<String, Error> {
    let endpoint = port.downcast_object_ref::<PortObject>().and_then(PortObject::endpoint);
    let Some(endpoint) = endpoint else { return Err(Fault::new("`url_at` takes a port").error()) };
    endpoint.url_at(number).ok_or_else(|| Fault::no_url(endpoint).error())
}

/// How the number on this machine is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `${API_PORT:-9000}`
    Default,
    /// `${API_PORT:?set API_PORT}`
    Required,
    /// `9000`
    Literal,
}

impl Style {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "default" => Some(Self::Default),
            "required" => Some(Self::Required),
            "literal" => Some(Self::Literal),
            _ => None,
        }
    }
}

/// The entries of `ports:` for one port.
pub(super) fn entries(endpoint: &Endpoint, style: Style) -> Result<Vec<String>, Error> {
    let Some(number) = endpoint.number.fixed() else { return Err(Fault::unassigned(endpoint).error()) };
    let host = match (style, &endpoint.variable) {
        (Style::Default, Some(variable)) => format!("${{{variable}:-{number}}}"),
        (Style::Required, Some(variable)) => format!("${{{variable}:?set {variable}}}"),
        _ => number.to_string(),
    };
    let container = endpoint.container_port.unwrap_or(number);
    let address = address(endpoint)?;
    let entry = |protocol: &str| format!("{address}{host}:{container}{protocol}");
    Ok(match endpoint.protocol {
        Protocol::Tcp => vec![entry("")],
        Protocol::Udp => vec![entry("/udp")],
        Protocol::Both => vec![entry("/tcp"), entry("/udp")],
    })
}

/// The address with its colon; nothing for IPv6's wildcard, for which Compose
/// publishes on every interface of both families.
fn address(endpoint: &Endpoint) -> Result<String, Error> {
    match &endpoint.bind.value {
        Address::Localhost => Ok("127.0.0.1:".to_owned()),
        Address::Ip(ip) if ip.is_ipv6() && ip.is_unspecified() => Ok(String::new()),
        Address::Ip(ip) if ip.is_ipv6() => Ok(format!("[{ip}]:")),
        Address::Ip(ip) => Ok(format!("{ip}:")),
        Address::Name(name) => Err(Fault::new(format!("Compose cannot publish on the name `{name}`"))
            .help("give the service an IP address as `bind`")
            .about(endpoint.bind.place, endpoint.service.as_str())
            .error()),
    }
}
