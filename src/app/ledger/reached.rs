//! Which project somebody means who asks from outside, and says its name.

use std::path::Path;

use super::asker::{Asker, read_here};
use super::context::{Context, context, machine_context};
use crate::app::load::Location;
use crate::app::reach::Reach;
use crate::diagnostic::{Failure, printable};
use crate::ledger::{Checkout, State};
use crate::world;

/// The project that is meant.
pub struct Meant {
    /// Where it is, or where it was asked from.
    pub location: Location,
    /// Its name, where it was said and is one.
    pub name: Option<String>,
    /// Whether it has no folder.
    is_only_a_name: bool,
    /// What is to be said of the name.
    pub note: Option<String>,
}

impl Meant {
    /// The project that a name means in a folder: without a name the folder's.
    ///
    /// This project has its name and that of its folder. Another one is meant
    /// where this machine knows it in a folder that is reached, and refused
    /// where it is elsewhere. A name that nobody knows is no other project: what
    /// is asked for counts for the one whose table is here, and so within its
    /// range. Only a folder that has neither a table nor a range that is
    /// assigned to it can ask for a project that is only a name.
    ///
    /// # Errors
    /// A [`Failure`]: `no-folder`, `outside`, `unknown-project`,
    /// `ambiguous-project`, of the table or of the ledger.
    pub fn find(reach: &Reach, folder: Option<&str>, name: Option<&str>) -> Result<Self, Failure> {
        let location = reach.locate(folder)?;
        let Some(name) = name else { return Ok(Self::at(location, None)) };
        let here = read_here(&location)?;
        if let Some(own) = here.iter().find(|asker| asker.sighted.name == name) {
            return Ok(Self::of(own, &here, location));
        }
        let state = machine_context(false)?.state()?;
        if let Some(folder) = reached(reach, &state, name)? {
            return Ok(Self::at(Location { directory: folder, file: None }, Some(name)));
        }
        if let Some(own) = here.iter().find(|asker| is_called(&asker.sighted.folder, name)) {
            return Ok(Self::of(own, &here, location));
        }
        stranger(&state, &here, location, name)
    }

    /// What the ledger has for it, and who asks.
    ///
    /// # Errors
    /// As [`context`].
    pub fn context(&self, to_write: bool) -> Result<Context, Failure> {
        context(&self.location, self.name.as_deref().filter(|_| self.is_only_a_name), to_write)
    }

    fn at(location: Location, name: Option<&str>) -> Self {
        Self { location, name: name.map(str::to_owned), is_only_a_name: false, note: None }
    }

    /// One of the projects of a folder: of several, that in its own folder.
    fn of(own: &Asker, here: &[Asker], location: Location) -> Self {
        let name = Some(own.sighted.name.as_str());
        match here {
            [_] => Self::at(location, name),
            _ => Self::at(Location { directory: own.sighted.folder.clone(), file: None }, name),
        }
    }
}

/// Whether a folder is called so.
fn is_called(folder: &Path, name: &str) -> bool {
    folder.file_name().is_some_and(|own| own == name)
}

/// The folder of a project that this machine knows by this name, where it is
/// reached; none where nobody knows it, or only its name.
fn reached(reach: &Reach, state: &State, name: &str) -> Result<Option<std::path::PathBuf>, Failure> {
    let named = state.projects.iter().filter(|project| project.name == name);
    let checkouts = named.map(|project| -> Vec<&Checkout> {
        let own = state.checkouts.iter().filter(|checkout| checkout.project == project.id);
        own.filter(|checkout| !checkout.folder.as_os_str().is_empty()).collect()
    });
    let projects: Vec<Vec<&Checkout>> = checkouts.filter(|checkouts| !checkouts.is_empty()).collect();
    let Some(elsewhere) = projects.iter().flatten().next() else { return Ok(None) };
    let in_reach = |checkout: &&&Checkout| {
        world::is_folder(&checkout.folder) && reach.reaches(&world::normalise(&checkout.folder))
    };
    let found: Vec<&Checkout> =
        projects.iter().filter_map(|checkouts| checkouts.iter().find(in_reach).copied()).collect();
    match found.as_slice() {
        [one] => Ok(Some(one.folder.clone())),
        [] => {
            let message = format!("project {name} is another folder's, and this server does not work there");
            let failure = Failure::new("outside", message).path(elsewhere.folder.display().to_string());
            Err(failure.help(
                "leave the project out: it is the folder's; or name that folder among the client's roots",
            ))
        }
        _ => {
            let message = format!("this machine knows several projects `{name}`");
            Err(Failure::new("ambiguous-project", message).help("say which by its folder"))
        }
    }
}

/// What a name means that no folder has.
fn stranger(state: &State, here: &[Asker], location: Location, name: &str) -> Result<Meant, Failure> {
    let shown = printable(name);
    let [own] = here else {
        let names: Vec<&str> = here.iter().map(|asker| asker.sighted.name.as_str()).collect();
        let failure = Failure::new("unknown-project", format!("there is no project `{shown}` here"));
        return Err(match names.as_slice() {
            [] => failure.help("leave the project out"),
            _ => failure.help(format!("there are {}", names.join(", "))),
        });
    };
    let project = &own.sighted.name;
    if own.project.is_some() {
        let note =
            format!("nobody knows a project {shown}: this counts for project {project}, and its range");
        return Ok(Meant { note: Some(note), ..Meant::at(location, None) });
    }
    let is_bound =
        own.known(state).is_some_and(|checkout| state.ranges_of(checkout.project).next().is_some());
    if is_bound {
        let message = format!("nobody knows a project `{shown}`, and this folder is project {project}");
        return Err(
            Failure::new("unknown-project", message).help("leave the project out: it is the folder's")
        );
    }
    Ok(Meant { is_only_a_name: true, ..Meant::at(location, Some(name)) })
}
