//! Where somebody may work who asks from outside: an agent, by its server.

use std::path::{Path, PathBuf};

use super::load::{Location, load};
use crate::diagnostic::Failure;
use crate::source::SourceId;
use crate::world::{self, GitCheckout};

/// The folders that a client may ask about.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Where the server was started.
    pub start: Location,
    /// Whether that was said, and is not only where the client happened to be.
    pub is_said: bool,
    /// The folders that the client works in.
    pub roots: Vec<PathBuf>,
}

impl Reach {
    /// Where to look for the table: the folder that is asked for, else the
    /// one of the server, else the client's first.
    ///
    /// # Errors
    /// A [`Failure`]: `no-folder`, or `outside` where the folder is in none of
    /// these, nor in another checkout of their repositories.
    pub fn locate(&self, asked: Option<&str>) -> Result<Location, Failure> {
        let usual = self.usual();
        let Some(asked) = asked else {
            if world::is_folder(&usual.directory) {
                return Ok(usual);
            }
            let failure = Failure::new("no-folder", "the folder that this server works in is gone");
            return Err(failure.path(usual.directory.display().to_string()));
        };
        let folder = usual.directory.join(asked);
        if !world::is_folder(&folder) {
            let message = "there is no such folder";
            return Err(Failure::new("no-folder", message).path(folder.display().to_string()));
        }
        let folder = world::normalise(&folder);
        if !self.reaches(&folder) {
            let message = "the folder is neither the project's nor another checkout of it";
            let failure = Failure::new("outside", message).path(folder.display().to_string());
            let start = self.start.directory.display();
            return Err(failure.help(format!(
                "this server works in {start}: name that folder among the client's roots, or start a server \
                 there with `portgen -C`"
            )));
        }
        // A file that was named is the table of where it was named.
        let file = if folder == world::normalise(&usual.directory) { usual.file } else { None };
        Ok(Location { directory: folder, file })
    }

    fn usual(&self) -> Location {
        let start = world::normalise(&self.start.directory);
        let is_among = self.roots.is_empty() || self.roots().any(|root| start.starts_with(&root));
        match self.roots.iter().find(|root| world::is_folder(root)) {
            Some(first) if !(self.is_said || is_among) => {
                Location { directory: world::normalise(first), file: None }
            }
            _ => self.start.clone(),
        }
    }

    fn roots(&self) -> impl Iterator<Item = PathBuf> {
        self.roots.iter().map(|root| world::normalise(root))
    }

    /// Whether a folder, as `normalise` gives it, is one that may be worked in.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        let own = std::iter::once(world::normalise(&self.usual().directory)).chain(self.roots());
        let repository = GitCheckout::of(folder).map(|git| git.common);
        own.into_iter().any(|own| {
            // The top of a disk holds everything, and is nobody's project.
            let is_inside = own.parent().is_some() && folder.starts_with(&own);
            is_inside || (repository.is_some() && GitCheckout::of(&own).map(|git| git.common) == repository)
        })
    }
}

/// The text of the table that a location means.
///
/// # Errors
/// A [`Failure`] where there is none, or where it cannot be read.
pub fn table_text(location: &Location) -> Result<String, Failure> {
    let workspace = load(location)?;
    let own = match workspace.selected.as_slice() {
        [one] => workspace.documents.get(*one),
        _ => workspace.documents.first(),
    };
    let id = own.map_or_else(SourceId::default, |document| document.source);
    Ok(workspace.sources.get(id).text().to_owned())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "makes the folders that are asked for")]
mod tests {
    use std::fs;

    use super::*;

    fn reach(start: &Path, is_said: bool, roots: &[&Path]) -> Reach {
        let start = Location { directory: start.to_path_buf(), file: None };
        Reach { start, is_said, roots: roots.iter().map(|root| root.to_path_buf()).collect() }
    }

    fn folders(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let guard = tempfile::tempdir().expect("a folder");
        let root = world::normalise(guard.path());
        for name in names {
            fs::create_dir_all(root.join(name)).expect("a folder");
        }
        (guard, root)
    }

    #[test]
    fn the_folder_of_the_server_counts_unless_the_client_works_elsewhere() {
        let (_guard, root) = folders(&["shop/api", "cart"]);
        let (shop, cart) = (root.join("shop"), root.join("cart"));
        let usual = |reach: Reach| reach.locate(None).expect("a folder").directory;
        assert_eq!(usual(reach(&shop, false, &[])), shop);
        assert_eq!(usual(reach(&shop.join("api"), false, &[&cart, &shop])), shop.join("api"));
        assert_eq!(usual(reach(&root, false, &[&root.join("gone"), &cart])), cart);
        assert_eq!(usual(reach(&shop, true, &[&cart])), shop);
    }

    #[test]
    fn a_folder_is_asked_for_by_name_inside_of_what_is_reached() {
        let (_guard, root) = folders(&["shop/api", "cart"]);
        let (shop, cart) = (root.join("shop"), root.join("cart"));
        let at = |reach: &Reach, asked: &str| {
            reach.locate(Some(asked)).map(|location| location.directory).map_err(|failure| failure.code)
        };
        let of_shop = reach(&shop, false, &[]);
        assert_eq!(at(&of_shop, "api"), Ok(shop.join("api")));
        assert_eq!(at(&of_shop, "."), Ok(shop.clone()));
        assert_eq!(at(&of_shop, "nowhere"), Err("no-folder"));
        assert_eq!(at(&of_shop, "../cart"), Err("outside"));
        assert_eq!(at(&of_shop, ".."), Err("outside"));
        assert_eq!(at(&reach(&shop, false, &[&cart]), &cart.to_string_lossy()), Ok(cart));
        assert_eq!(at(&reach(Path::new("/"), false, &[]), &shop.to_string_lossy()), Err("outside"));
    }

    #[test]
    fn another_checkout_of_the_repository_is_reached() {
        let (_guard, root) = folders(&["shop/.git/worktrees/feature", "feature", "other/.git"]);
        let (shop, feature) = (root.join("shop"), root.join("feature"));
        let private = shop.join(".git/worktrees/feature");
        fs::write(shop.join(".git/HEAD"), "ref: refs/heads/main\n").expect("a file");
        fs::write(root.join("other/.git/HEAD"), "ref: refs/heads/main\n").expect("a file");
        fs::write(feature.join(".git"), format!("gitdir: {}\n", private.display())).expect("a file");
        fs::write(private.join("commondir"), "../..\n").expect("a file");
        fs::write(private.join("HEAD"), "ref: refs/heads/feature\n").expect("a file");
        fs::write(private.join("gitdir"), format!("{}\n", feature.join(".git").display())).expect("a file");
        let of_shop = reach(&shop, false, &[]);
        assert_eq!(of_shop.locate(Some("../feature")).expect("a folder").directory, feature);
        assert_eq!(of_shop.locate(Some("../other")).expect_err("another repository").code, "outside");
    }
}
