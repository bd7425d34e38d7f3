//! Tables with one mistake each, and one with every key that there is.

/// A table around a mistake: a name for the project where it has none.
pub fn table(mistake: &str) -> String {
    if mistake.contains("[project]") || mistake.starts_with("version") {
        return mistake.to_owned();
    }
    format!("[project]\nname = \"p\"\n{mistake}")
}

/// What a schema can see, and refuses.
pub const MISTAKES: &[&str] = &[
    "version = 2\n",
    "version = 0\n",
    "[project]\n",
    "[project]\nname = \"Big\"\n",
    "[project]\nname = \"p\"\nrange = []\n",
    "[project]\nname = \"p\"\nrange = \"9000-\"\n",
    "[project]\nname = \"p\"\ndescription = \"two\\nlines\"\n",
    "[project]\nname = \"p\"\nenv-prefix = \"shop_\"\n",
    "[project]\nname = \"p\"\nhost = \"a b\"\n",
    "[project]\nname = \"p\"\ndomain = \"a..b\"\n",
    "[project]\nname = \"p\"\nallow = { ephemeral-port = \"\" }\n",
    "[project]\nname = \"p\"\nallow = { ephemeral-port = \"  \" }\n",
    "[project]\nname = \"p\"\nallow = { no-such-rule = \"because\" }\n",
    "[project]\nname = \"p\"\nallow = { unknown-key = \"because\" }\n",
    "[projects]\nname = \"p\"\n[project]\nname = \"p\"\n",
    "[services.A]\nport = 1\n",
    "[services.a]\nport = 0\n",
    "[services.a]\nport = 65536\n",
    "[services.a]\nport = \"8080\"\n",
    "[services.a]\nport = 80.5\n",
    "[services.a]\nprot = 80\n",
    "[services.a]\nport = 1\nenv = \"PORT\"\n",
    "[services.a]\nport = 1\nenv = \"lower\"\n",
    "[services.a]\nport = 1\nscheme = \"HTTP\"\n",
    "[services.a]\nport = 1\nprotocol = \"sctp\"\n",
    "[services.a]\nport = 1\nstatus = \"gone\"\n",
    "[services.a]\nport = 1\nallocation = \"random\"\n",
    "[services.a]\nport = 1\npath = \"no-slash\"\n",
    "[services.a]\nport = 1\npath = \"/a b\"\n",
    "[services.a]\nport = 1\nhealth = \"ping\"\n",
    "[services.a]\nport = 1\nbind = \"a/b\"\n",
    "[services.a]\nport = 1\nremote = \"yes\"\n",
    "[services.a]\nport = 1\ncontainer-port = 0\n",
    "[services.a]\nport = 1\n[services.a.compose]\nports = [\"1:1\"]\n",
    "[services.a.ports]\nx = { env = \"X\" }\n",
    "[services.a.ports]\nx = { port = 1, command = \"x\" }\n",
    "[services.a.ports]\nX = 1\n",
    "[ranges.r]\ntitle = \"R\"\n",
    "[ranges.r]\nports = \"1-2\"\npriority = \"urgent\"\n",
    "[[reserved]]\nowner = \"x\"\n",
    "[[reserved]]\nports = \"x\"\n",
    "[services.a]\nport = 1\n[profiles.p]\nkind = \"staging\"\n",
    "[services.a]\nport = 1\n[profiles.p.services.a]\ntitle = \"A\"\n",
    "[[output]]\npath = \"x\"\n",
    "[[output]]\ntarget = \"json\"\n",
    "[[output]]\npath = \"x\"\ntarget = \"json\"\ntemplate = \"x.j2\"\n",
    "[[output]]\npath = \"x\"\ntarget = \"jsonn\"\n",
    "[[output]]\npath = \"/etc/x\"\ntarget = \"json\"\n",
    "[[output]]\npath = \"../x\"\ntarget = \"json\"\n",
    "[[output]]\npath = \"a/../x\"\ntarget = \"json\"\n",
    "[[output]]\npath = \".git/x\"\ntarget = \"json\"\n",
    "[[output]]\npath = \"a/\"\ntarget = \"json\"\n",
    "[[output]]\npath = \"C:x\"\ntarget = \"json\"\n",
    "[[output]]\npath = \"x\"\ntarget = \"json\"\nmode = \"line\"\n",
    "[[output]]\npath = \"x\"\ntarget = \"json\"\nstatus = [\"alive\"]\n",
    "[[output]]\npath = \"x\"\ntarget = \"json\"\nlocal = 1\n",
    "[output]\npath = \"x\"\ntarget = \"json\"\n",
    "[services.a]\nport = 1\n[[patch]]\npath = \"x\"\nfind = '(\\d+)'\n",
    "[services.a]\nport = 1\n[[patch]]\npath = \"x\"\nservice = \"a\"\n",
    "[services.a]\nport = 1\n[[patch]]\npath = \"x\"\nfind = '(\\d+)'\nservice = \"a\"\nvalue = \"1\"\n",
    "[lint]\nephemeral-port = \"off\"\n",
    "[lint]\nephemeral-port = { reason = \"x\" }\n",
    "[lint]\nno-such-rule = \"deny\"\n",
    "[lint]\nsyntax = \"allow\"\n",
    "[lint.per-path]\n\"docs/**\" = { no-such-rule = \"warn\" }\n",
    "[workspace]\nmembers = 1\n",
];

/// What takes more than one value, or a grammar, to see: the parser's alone.
pub const FINER: &[&str] = &[
    "[ranges.r]\nports = \"9-8\"\n",
    "[ranges.r]\nports = \"70000\"\n",
    "[services.a]\nport = 1\nrange = \"nowhere\"\n",
    "[services.a]\nport = 1\nhost = \"256.1.1.1\"\n",
    "[services.a]\nport = 1\nenv = \"PATH\"\n",
    "[[patch]]\npath = \"x\"\nfind = '\\d+'\nservice = \"a\"\n[services.a]\nport = 1\n",
    "[[output]]\npath = \"x\"\ntarget = \"json\"\nservices = [\"nobody\"]\n",
    "[[output]]\npath = \"x\"\ntarget = \"json\"\nprofile = \"nowhere\"\n",
];

/// Every key, with a value that is accepted.
pub const EVERY_KEY: &str = r#"version = 1

[project]
name = "shop"
description = "A shop"
range = ["4100-4199", "8080", 9000]
host = "localhost"
domain = "example.com"
env-prefix = "SHOP_"
extends = []
allow = { "ephemeral-port" = "the convention" }

[[reserved]]
ports = "8000-8099"
owner = "the platform team"
reason = "shared"

[ranges.web]
title = "Web"
ports = "4100-4149"
allocation = "scan"
priority = "high"
description = "What browsers ask"
allow = { "well-known-port" = "always so" }

[services.api]
title = "API"
port = 4100
range = "web"
allocation = "static"
description = "Answers"
status = "active"
env = "API_PORT"
scheme = "http"
protocol = "tcp"
host = "[::1]"
bind = "*"
remote = false
container-port = 8000
path = "/v1?a=b#c"
health = "/health"
subdomain = "api"
command = "serve --port {{ port }}"
tags = ["backend"]
notes = """
two
lines"""
allow = { "well-known-port" = "known" }

[services.api.compose]
image = "example/api:1"

[services.kafka.ports]
client = 9092
jmx = { port = 9999, env = "KAFKA_JMX", health = "tcp", bind = "127.0.0.1" }

[services.worker]
port = "auto"
tags = "backend"

[compose]
volumes = { data = {} }

[profiles.production]
kind = "production"

[profiles.production.services.api]
host = "api.example.com"
port = 443
scheme = "https"

[profiles.production.services.kafka.ports]
client = { port = 9093, remote = true }
jmx = 9998

[[output]]
path = "src/ports.py"
target = "python"
mode = "file"
id = "ports"
local = false
profile = "production"
services = ["api"]
tags = ["backend"]
ranges = ["web"]
status = ["active", "reserved"]
options = {}

[[output]]
path = ".env.example"
template = "templates/own.j2"

[[patch]]
path = "src/server.py"
find = '\bport=(\d+)'
service = "kafka.jmx"
all = true
profile = "production"

[[patch]]
path = "docs/index.md"
find = 'port (\d+)'
value = "{{ 1 }}"

[lint]
privileged-port = "deny"
ephemeral-port = { level = "allow", reason = "only here" }
exclude = ["vendor/**"]

[lint.per-path]
"docs/**" = { hard-coded-port = "allow" }

[workspace]
members = ["services/*"]
"#;
