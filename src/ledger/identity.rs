//! Which project a folder is, and which copy of it.
//!
//! A project is its name and its git common directory, else its canonical
//! path; a second clone is the same name with the same remote URL; anything
//! else of that name is another project. Never by name alone.

use std::path::PathBuf;

use super::draft::Draft;
use super::record::{Checkout, CheckoutId, KnownProject, ProjectId};
use super::state::State;

/// What a folder says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighted {
    /// The project's name; the folder's where there is no table.
    pub name: String,
    /// What tells it from others of its name.
    pub identity: Vec<u8>,
    /// The project's folder below the root of its repository, with `/`.
    pub inside: String,
    /// The URL that its repository was cloned from.
    pub remote: Option<String>,
    /// The project's canonical folder.
    pub folder: PathBuf,
    /// `main`, or the worktree's name.
    pub label: String,
    /// Whether it is a git worktree beside a main one.
    pub is_linked: bool,
    /// The same folder in the main worktree, for one that is beside it.
    pub main: Option<PathBuf>,
    /// What the folder, and behind `|` the one above it, is to the file system,
    /// then what a copy of it has in common with it; empty where that cannot be told.
    pub mark: String,
    /// Its table, and the size and time of it.
    pub table: Option<(PathBuf, String)>,
}

/// What a ledger knows of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is this checkout.
    Checkout(CheckoutId),
    /// It is this checkout, which was elsewhere before.
    Moved(CheckoutId),
    /// It is a copy of this project that was not seen before.
    Copy(ProjectId),
    /// It is a project that was not seen before; whether another has its name.
    New {
        /// Whether another project has its name.
        has_namesake: bool,
    },
}

/// What was noticed while a checkout was registered; said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// Another project of the same name is known at this folder.
    Namesake(PathBuf),
    /// The checkout was at this folder before.
    Moved(PathBuf),
    /// It is a second copy; the first is at this folder, where one is known.
    Second(Option<PathBuf>),
}

impl State {
    /// What is known of a folder.
    ///
    /// `is_gone` says whether a folder that was registered is not there any
    /// more: nothing is, or another folder, such as a copy of it.
    pub fn recognise(&self, sighted: &Sighted, is_gone: &dyn Fn(&Checkout) -> bool) -> Known {
        let of_name = |checkout: &&Checkout| {
            self.project(checkout.project).is_some_and(|project| project.name == sighted.name)
        };
        let same_table = |checkout: &Checkout| {
            let name = |table: &Option<(PathBuf, String)>| table.as_ref().map(|(path, _)| path.clone());
            name(&checkout.table) == name(&sighted.table)
        };
        let here: Vec<&Checkout> =
            self.checkouts.iter().filter(|checkout| checkout.folder == sighted.folder).collect();
        // A table that changed its name is still this project; two tables in one folder are two.
        let exact = here.iter().find(|checkout| of_name(checkout));
        let renamed = here.iter().find(|checkout| same_table(checkout) && checkout.table.is_some());
        if let Some(checkout) = exact.or(renamed) {
            return Known::Checkout(checkout.id);
        }
        let moved = self.checkouts.iter().filter(of_name).find(|checkout| {
            !sighted.mark.is_empty()
                && own_mark(&checkout.mark) == own_mark(&sighted.mark)
                && is_gone(checkout)
        });
        if let Some(checkout) = moved {
            return Known::Moved(checkout.id);
        }
        match self.copied(sighted) {
            Some(project) => Known::Copy(project.id),
            None => Known::New { has_namesake: self.projects.iter().any(|known| known.name == sighted.name) },
        }
    }

    /// The project that a folder is another copy of.
    fn copied(&self, sighted: &Sighted) -> Option<&KnownProject> {
        let of_name = || self.projects.iter().filter(|known| known.name == sighted.name);
        let by_identity = of_name().find(|known| known.identity == sighted.identity);
        // The main worktree may have been known before it was one.
        let by_main = || {
            let main = self.checkouts.iter().find(|known| Some(&known.folder) == sighted.main.as_ref())?;
            of_name().find(|known| known.id == main.project)
        };
        by_identity.or_else(by_main).or_else(|| {
            of_name().find(|known| known.remote.is_some() && known.remote == sighted.remote_key())
        })
    }

    /// The checkout whose numbers are those of the table.
    pub fn first_checkout(&self, project: ProjectId) -> Option<&Checkout> {
        self.checkouts.iter().find(|checkout| checkout.project == project && checkout.is_first)
    }
}

impl Sighted {
    /// The remote together with the folder inside it: one repository may hold several projects.
    fn remote_key(&self) -> Option<String> {
        let remote = self.remote.as_ref()?;
        Some(if self.inside.is_empty() { remote.clone() } else { format!("{remote}#{}", self.inside) })
    }
}

impl Draft {
    /// Makes a folder known, or brings what is known of it up to date.
    pub fn register(
        &mut self,
        sighted: &Sighted,
        is_gone: &dyn Fn(&Checkout) -> bool,
    ) -> (CheckoutId, Vec<Noticed>) {
        match self.state().recognise(sighted, is_gone) {
            Known::Checkout(id) => (self.refresh(id, sighted), Vec::new()),
            Known::Moved(id) => {
                let before = self.state().checkout(id).map(|checkout| checkout.folder.clone());
                (self.refresh(id, sighted), before.map(Noticed::Moved).into_iter().collect())
            }
            Known::Copy(project) => self.register_copy(project, sighted),
            Known::New { has_namesake } => {
                let namesake = self.namesake(&sighted.name).filter(|_| has_namesake);
                let project = self.add_project(KnownProject {
                    id: ProjectId(0),
                    name: sighted.name.clone(),
                    identity: sighted.identity.clone(),
                    remote: sighted.remote_key(),
                });
                let id = self.add_checkout(sighted.checkout(project, !sighted.is_linked));
                (id, namesake.map(Noticed::Namesake).into_iter().collect())
            }
        }
    }

    fn register_copy(&mut self, project: ProjectId, sighted: &Sighted) -> (CheckoutId, Vec<Noticed>) {
        let first = self.state().first_checkout(project).map(|first| first.folder.clone());
        let is_first = first.is_none() && !sighted.is_linked;
        let id = self.add_checkout(sighted.checkout(project, is_first));
        (id, if is_first { Vec::new() } else { vec![Noticed::Second(first)] })
    }

    fn namesake(&self, name: &str) -> Option<PathBuf> {
        let state = self.state();
        let project = state.projects.iter().find(|known| known.name == name)?;
        state
            .checkouts
            .iter()
            .find(|checkout| checkout.project == project.id)
            .map(|checkout| checkout.folder.clone())
    }

    /// Writes what changed of a checkout and its project, and nothing where nothing did.
    fn refresh(&mut self, id: CheckoutId, sighted: &Sighted) -> CheckoutId {
        use super::change::Change;
        let Some(known) = self.state().checkout(id).cloned() else { return id };
        let mut now = Checkout { id, ..sighted.checkout(known.project, known.is_first) };
        if known.folder == now.folder && is_copy_in_place(&known.mark, &now.mark) {
            // The folder that the numbers are of may be elsewhere, and is known by this.
            now.mark.clone_from(&known.mark);
        }
        if now != known {
            self.change(Change::PutCheckout(now));
        }
        let Some(project) = self.state().project(known.project).cloned() else { return id };
        let alone = self.state().checkouts.iter().filter(|other| other.project == project.id).count() == 1;
        // Several copies agree on the name with the first of them only.
        if alone {
            let renamed = KnownProject {
                name: sighted.name.clone(),
                identity: sighted.identity.clone(),
                remote: sighted.remote_key(),
                ..project.clone()
            };
            if renamed != project {
                self.change(Change::PutProject(renamed));
            }
        }
        id
    }
}

/// Whether one folder has become another that is a copy of it: another for the
/// file system, in the same folder above, with the same beginning.
fn is_copy_in_place(known: &str, now: &str) -> bool {
    let parts = |mark: &str| {
        let mut parts = mark.splitn(3, '|').map(str::to_owned);
        [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default)
    };
    let ([own, above, beginning], [own_now, above_now, beginning_now]) = (parts(known), parts(now));
    // A repository without a commit has no beginning yet.
    let begins_alike = beginning.is_empty() || beginning == beginning_now;
    !own.is_empty() && own != own_now && !above.is_empty() && above == above_now && begins_alike
}

/// What the folder itself is, without what is above it: `own|above`.
fn own_mark(mark: &str) -> &str {
    mark.split('|').next().unwrap_or(mark)
}

impl Sighted {
    fn checkout(&self, project: ProjectId, is_first: bool) -> Checkout {
        Checkout {
            id: CheckoutId(0),
            project,
            folder: self.folder.clone(),
            label: self.label.clone(),
            is_first,
            mark: self.mark.clone(),
            table: self.table.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighted(name: &str, identity: &str, folder: &str) -> Sighted {
        Sighted {
            name: name.into(),
            identity: identity.into(),
            folder: folder.into(),
            label: "main".into(),
            ..Sighted::default()
        }
    }

    fn there(_: &Checkout) -> bool {
        false
    }

    #[test]
    fn a_folder_is_registered_once() {
        let mut draft = Draft::default();
        let shop = sighted("shop", "/shop/.git", "/shop");
        let (first, noticed) = draft.register(&shop, &there);
        assert!(noticed.is_empty());
        let changes = draft.changes().len();
        assert_eq!(draft.register(&shop, &there), (first, Vec::new()));
        assert_eq!(draft.changes().len(), changes, "nothing is written where nothing changed");
        assert!(draft.state().checkouts[0].is_first);
    }

    #[test]
    fn a_worktree_and_a_second_clone_are_copies_and_a_namesake_is_none() {
        let mut draft = Draft::default();
        let remote = Some("git@host:shop".to_owned());
        let shop = Sighted { remote: remote.clone(), ..sighted("shop", "/shop/.git", "/shop") };
        let (first, _) = draft.register(&shop, &there);
        let tree = Sighted { is_linked: true, ..sighted("shop", "/shop/.git", "/tree") };
        let (tree, noticed) = draft.register(&tree, &there);
        assert_eq!(noticed, [Noticed::Second(Some("/shop".into()))]);
        let clone = Sighted { remote, ..sighted("shop", "/clone/.git", "/clone") };
        let (clone, _) = draft.register(&clone, &there);
        let (other, noticed) = draft.register(&sighted("shop", "/other", "/other"), &there);
        assert_eq!(noticed, [Noticed::Namesake("/shop".into())]);
        let state = draft.state();
        let project = |id| state.project_of(id).unwrap().id;
        assert_eq!(project(first), project(tree));
        assert_eq!(project(first), project(clone));
        assert_ne!(project(first), project(other));
        let firsts: Vec<_> = state.checkouts.iter().map(|checkout| checkout.is_first).collect();
        assert_eq!(firsts, [true, false, false, true]);
    }

    #[test]
    fn the_main_worktree_is_the_first_whenever_it_is_seen() {
        let mut draft = Draft::default();
        let tree = Sighted { is_linked: true, ..sighted("shop", "/shop/.git", "/tree") };
        draft.register(&tree, &there);
        draft.register(&sighted("shop", "/shop/.git", "/shop"), &there);
        let firsts: Vec<_> = draft.state().checkouts.iter().map(|checkout| checkout.is_first).collect();
        assert_eq!(firsts, [false, true]);
    }

    #[test]
    fn a_folder_may_become_a_repository() {
        let mut draft = Draft::default();
        draft.register(&sighted("shop", "/shop", "/shop"), &there);
        let main = Some(PathBuf::from("/shop"));
        let tree = Sighted { is_linked: true, main, ..sighted("shop", "/shop/.git", "/tree") };
        draft.register(&tree, &there);
        draft.register(&sighted("shop", "/shop/.git", "/shop"), &there);
        assert_eq!(draft.state().projects.len(), 1);
    }

    #[test]
    fn two_projects_of_one_repository_are_told_apart() {
        let mut draft = Draft::default();
        let remote = Some("git@host:all".to_owned());
        let api = Sighted {
            remote: remote.clone(),
            inside: "api".into(),
            ..sighted("x", "/all/.git\0api", "/all/api")
        };
        let web = Sighted { remote, inside: "web".into(), ..sighted("x", "/all/.git\0web", "/all/web") };
        draft.register(&api, &there);
        draft.register(&web, &there);
        assert_eq!(draft.state().projects.len(), 2);
    }

    #[test]
    fn a_moved_folder_keeps_what_it_has_and_one_that_is_there_does_not_move() {
        let mut draft = Draft::default();
        let shop = Sighted { mark: "7:9".into(), ..sighted("shop", "/shop", "/shop") };
        let (first, _) = draft.register(&shop, &there);
        let moved = Sighted { mark: "7:9".into(), ..sighted("shop", "/moved", "/moved") };
        assert_eq!(draft.state().recognise(&moved, &there), Known::New { has_namesake: true });
        let (again, noticed) = draft.register(&moved, &|_| true);
        assert_eq!((again, noticed), (first, vec![Noticed::Moved("/shop".into())]));
        assert_eq!(draft.state().projects[0].identity, b"/moved");
    }

    #[test]
    fn a_table_that_changes_its_name_is_still_the_same() {
        let mut draft = Draft::default();
        let table = Some((PathBuf::from("ports.toml"), "1".to_owned()));
        let shop = Sighted { table: table.clone(), ..sighted("shop", "/shop", "/shop") };
        let (first, _) = draft.register(&shop, &there);
        let renamed = Sighted { table, ..sighted("store", "/shop", "/shop") };
        assert_eq!(draft.register(&renamed, &there).0, first);
        assert_eq!(draft.state().projects[0].name, "store");
    }
}
