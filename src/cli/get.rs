//! `portgen get`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use super::reserve;
use crate::app::{self, GivenPort, ListedPort, ReserveRequest};
use crate::diagnostic::{Failure, printable};
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Print one value, declared or reserved, for scripts
///
/// The number is the one of this checkout: the table's, or what the ledger
/// gave instead. Only --reserve writes: it reserves the port, or gives a
/// service of the table its number, where there is none yet.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A service, or one of its named ports
    #[arg(value_name = "NAME[.PORT]")]
    name: String,
    /// The URL instead of the number
    #[arg(long, conflicts_with = "env")]
    url: bool,
    /// The environment variable's name instead of the number
    #[arg(long)]
    env: bool,
    /// Reserve it where nobody declared or reserved it
    #[arg(long, conflicts_with_all = ["env", "profile"])]
    reserve: bool,
    /// The value set to read
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen get api
  portgen get kafka.jmx
  portgen get scratch --reserve
  curl \"$(portgen get api --url)/health\"";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    if arguments.reserve {
        give(arguments, console)?;
        if !arguments.url {
            return Ok(Status::Done);
        }
    }
    let location = console.location()?;
    let listed = match app::list(&location, arguments.profile.as_deref()) {
        Err(failure) if failure.code == "no-table" && location.file.is_none() => {
            let given = app::given(&mut app::context(&location, None, false)?)?;
            let port = find_given(&given, &arguments.name).ok_or_else(|| nothing_given(&arguments.name))?;
            return print_given(arguments, port, console);
        }
        listed => listed?,
    };
    let found = app::find_port(&listed.ports, &arguments.name);
    if found.is_err()
        && let Some(port) = find_given(&listed.given, &arguments.name)
    {
        return print_given(arguments, port, console);
    }
    let port = found.map_err(|failure| {
        if listed.verdict.has_errors() {
            failure.help("the table has mistakes: `portgen check` shows them")
        } else {
            failure
        }
    })?;
    let answer = answer(arguments, port)?;
    print(arguments, &answer, &fields(port), console)
}

/// There is no table, and nothing of the name was reserved.
fn nothing_given(name: &str) -> Failure {
    let failure = Failure::new(
        "no-number",
        format!("`{}` has no reserved port here, and there is no ports.toml", printable(name)),
    );
    failure.help(format!("`portgen get {} --reserve` reserves one", printable(name)))
}

/// Reserves what is not there, and prints the number.
fn give(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let mut context = app::context(&console.location()?, None, true)?;
    let service = super::ledger::service(&arguments.name).map_err(|error| Failure::new("usage", error))?;
    let request = ReserveRequest { service: Some(service), ..ReserveRequest::default() };
    let reserved = app::get_or_reserve(&mut context, &request)?;
    reserved.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
    if arguments.url {
        return Ok(());
    }
    let place = context.place.display().to_string();
    let numbers: String = reserved.ports.iter().map(ToString::to_string).collect();
    let told = print(arguments, &numbers, &reserve::fields(&reserved, &place), console);
    told.map(drop).map_err(|failure| app::give_back(&mut context, &reserved, failure))
}

fn print(
    arguments: &Arguments,
    answer: &str,
    fields: &[(&str, Cell)],
    console: &Console,
) -> Result<Status, Failure> {
    if arguments.is_json() {
        let sources = Sources::new();
        console.report(ReportFormat::Json, &Report { fields, ..Report::new("get", true, &sources) })?;
    } else {
        console.print(&format!("{answer}\n"))?;
    }
    Ok(Status::Done)
}

fn find_given<'a>(given: &'a [GivenPort], name: &str) -> Option<&'a GivenPort> {
    given.iter().find(|port| port.service.as_deref() == Some(name))
}

fn print_given(arguments: &Arguments, port: &GivenPort, console: &Console) -> Result<Status, Failure> {
    let name = port.service.clone().unwrap_or_default();
    if arguments.env {
        return Err(Failure::new(
            "no-variable",
            format!("`{name}` is reserved, not declared: it has no variable"),
        ));
    }
    let url = format!("http://localhost:{}", port.port);
    let answer = if arguments.url { url.clone() } else { port.port.to_string() };
    let fields = [
        ("service", Cell::from(name)),
        ("name", "default".into()),
        ("port", port.port.get().into()),
        ("env", Cell::Absent),
        ("url", url.into()),
        ("project", port.project.as_str().into()),
        ("checkout", port.checkout.as_str().into()),
    ];
    print(arguments, &answer, &fields, console)
}

fn answer(arguments: &Arguments, port: &ListedPort) -> Result<String, Failure> {
    let endpoint = &port.endpoint;
    let id = endpoint.id();
    if arguments.env {
        let variable = endpoint.variable.as_ref().map(ToString::to_string);
        return variable.ok_or_else(|| Failure::new("no-variable", format!("`{id}` has no variable")));
    }
    let Some(number) = endpoint.number.fixed() else {
        let failure = Failure::new("no-number", format!("`{id}` has no number in this checkout yet"));
        return Err(
            failure.help(format!("`portgen get {id} --reserve` gives it one, and so does `portgen render`"))
        );
    };
    if !arguments.url {
        return Ok(number.to_string());
    }
    endpoint.url().ok_or_else(|| {
        let scheme = endpoint.scheme.as_str();
        Failure::new("no-url", format!("`{id}` has the scheme {scheme}, which has no URL"))
            .help("write `scheme = \"http\"` on the service, or ask for the number")
    })
}

fn fields(port: &ListedPort) -> [(&'static str, Cell); 5] {
    let endpoint = &port.endpoint;
    [
        ("service", endpoint.service.as_str().into()),
        ("name", endpoint.name.as_str().into()),
        ("port", endpoint.number.fixed().map(|port| port.get()).into()),
        ("env", endpoint.variable.as_ref().map(ToString::to_string).into()),
        ("url", endpoint.url().into()),
    ]
}
