//! What a table's column holds, by the words of its header.

use super::markup;
use crate::diagnostic::Confidence;
use crate::readers::Side;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Ports of a side; a header of other words, too, is less sure.
    Port(Side, Confidence),
    /// Ranges of ports.
    Range,
    /// URLs, addresses.
    Url,
    /// Names of environment variables.
    Variable,
    /// Names of options, keys of configuration.
    Option,
    /// What holds where nothing else is set.
    Default,
    /// An example of a value.
    Example,
    /// What a row is about.
    Name,
    /// Sentences.
    Description,
    /// Whether it is in use.
    Status,
    /// Something else.
    Other,
}

const PORT: &[&str] = &[
    "port",
    "ports",
    "端口",
    "端口号",
    "ポート",
    "ポート番号",
    "포트",
    "puerto",
    "puertos",
    "porta",
    "portas",
    "порт",
    "порты",
];

/// Words that may stand beside `port` in a header and leave no doubt.
const BESIDE_PORT: &[&str] = &[
    "s",
    "default",
    "host",
    "container",
    "internal",
    "external",
    "local",
    "localhost",
    "exposed",
    "published",
    "mapped",
    "public",
    "private",
    "http",
    "https",
    "tcp",
    "udp",
    "grpc",
    "dev",
    "development",
    "prod",
    "production",
    "staging",
    "docker",
    "compose",
    "number",
    "numbers",
    "no",
    "service",
    "server",
    "listen",
    "listening",
    "api",
    "admin",
    "ui",
    "web",
    "app",
    "application",
    "debug",
    "mapping",
    "mappings",
    "binding",
    "forwarded",
    "machine",
    "outside",
    "inside",
    "assigned",
    "allocated",
    "current",
    "metrics",
    "address",
    "url",
    "host:container",
    "used",
    "network",
    "standard",
    "base",
    "main",
    "primary",
    "in",
    "on",
    "the",
    "target",
    "default(s)",
    "frontend",
    "backend",
    "database",
    "db",
    "and",
    "or",
    "ip",
    "management",
    "health",
    "expose",
    "open",
    "new",
    "fixed",
    "actual",
    "my",
    "our",
    "this",
    "project",
    "preview",
    "test",
    "tls",
    "ssl",
    "rest",
];

/// Words that make it another kind of port, or something said of ports.
const NO_PORT: &[&str] = &[
    "count",
    "speed",
    "type",
    "usb",
    "serial",
    "com",
    "gpio",
    "hdmi",
    "switch",
    "vlan",
    "status",
    "description",
    "security",
    "direction",
    "pin",
    "ethernet",
    "physical",
    "loading",
    "discharge",
    "call",
    "city",
    "class",
    "many",
    "max",
    "min",
    "maximum",
    "minimum",
    "width",
    "state",
    "id",
    "index",
    "mode",
    "group",
    "parallel",
    "old",
    "previous",
    "former",
    "io",
    "i",
    "audio",
    "midi",
    "name",
    "names",
    "of",
];

/// What the cells below a header are.
pub(super) fn classify(raw: &str) -> Column {
    let text = markup::plain(raw).to_lowercase();
    let words: Vec<&str> =
        text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if words.is_empty() {
        return Column::Other;
    }
    if has(&["variable", "variables", "env", "environment", "envvar", "envvars", "变量", "环境变量"])
        && !has(&["value", "default"])
    {
        // `Environment` alone is as often where something runs.
        return if words == ["environment"] { Column::Other } else { Column::Variable };
    }
    if has(PORT) {
        return port(&words, has);
    }
    if has(&["range", "ranges"]) {
        return Column::Range;
    }
    if text.contains("host:container")
        || text.contains("host → container")
        || text.contains("host -> container")
    {
        return Column::Port(Side::Host, Confidence::High);
    }
    if has(&["default", "defaults", "value", "values", "默认值", "值"]) {
        return Column::Default;
    }
    if has(&["example", "examples", "sample"]) {
        return Column::Example;
    }
    if has(&["url", "urls", "uri", "address", "endpoint", "link", "access", "location", "地址", "访问地址"])
    {
        return Column::Url;
    }
    if has(&[
        "option",
        "options",
        "parameter",
        "parameters",
        "key",
        "setting",
        "flag",
        "property",
        "argument",
        "param",
        "prop",
        "field",
        "attribute",
        "config",
        "configuration",
    ]) {
        return Column::Option;
    }
    if has(&["status", "state"]) {
        return Column::Status;
    }
    if has(&[
        "description",
        "purpose",
        "notes",
        "note",
        "comment",
        "comments",
        "usage",
        "use",
        "details",
        "remarks",
        "说明",
        "描述",
        "用途",
    ]) {
        return Column::Description;
    }
    let is_name = has(&[
        "service",
        "services",
        "name",
        "app",
        "apps",
        "application",
        "component",
        "components",
        "container",
        "server",
        "module",
        "project",
        "system",
        "microservice",
        "package",
        "tool",
        "process",
        "database",
        "instance",
        "product",
        "resource",
        "daemon",
        "node",
        "agent",
        "program",
        "gateway",
        "workload",
        "服务",
        "服务名",
        "服务名称",
        "名称",
        "组件",
        "サービス",
        "서비스",
        "servicio",
        "сервис",
        "dienst",
        "serviço",
    ]);
    if is_name { Column::Name } else { Column::Other }
}

fn port(words: &[&str], has: impl Fn(&[&str]) -> bool) -> Column {
    if has(&["range", "ranges", "block", "blocks"]) {
        return Column::Range;
    }
    if has(NO_PORT) {
        return Column::Other;
    }
    let is_inside = has(&["container", "internal", "inside", "target"])
        && !has(&["host", "external", "published", "mapping"]);
    let is_plain = words.iter().all(|word| PORT.contains(word) || BESIDE_PORT.contains(word));
    let confidence = if is_plain { Confidence::High } else { Confidence::Medium };
    Column::Port(if is_inside { Side::Container } else { Side::Host }, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_columns() {
        let host = |confidence| Column::Port(Side::Host, confidence);
        for (header, expect) in [
            ("Port", host(Confidence::High)),
            ("**Port(s)**", host(Confidence::High)),
            ("Default Port", host(Confidence::High)),
            ("Host port", host(Confidence::High)),
            ("External Port", host(Confidence::High)),
            ("Ports (host:container)", host(Confidence::High)),
            ("端口", host(Confidence::High)),
            ("Port on Mars", host(Confidence::Medium)),
            ("Container Port", Column::Port(Side::Container, Confidence::High)),
            ("Internal port", Column::Port(Side::Container, Confidence::High)),
            ("Port range", Column::Range),
            ("Environment Variable", Column::Variable),
            ("Port variable", Column::Variable),
            ("Number of ports", Column::Other),
            ("USB port", Column::Other),
            ("Support", Column::Other),
            ("Import", Column::Other),
            ("Latency", Column::Other),
            ("Default", Column::Default),
            ("URL", Column::Url),
            ("Service", Column::Name),
            ("Environment", Column::Other),
        ] {
            assert_eq!(classify(header), expect, "{header}");
        }
    }
}
