//! How documents have people start things: with Compose, or otherwise.

/// Commands that start something otherwise than in a container that Compose starts.
const OTHER_STARTS: &[&str] = &[
    "npm ",
    "npx ",
    "yarn ",
    "pnpm ",
    "bun ",
    "manage.py",
    "flask run",
    "uvicorn",
    "gunicorn",
    "rails s",
    "bundle exec",
    "cargo run",
    "go run",
    "mvn",
    "gradle",
    "dotnet run",
    "python ",
    "python3 ",
    "poetry run",
    "docker run",
    "podman run",
    "kubectl",
    "port-forward",
    "minikube",
    "helm ",
    "artisan",
    "java -jar",
    "make run",
    "make dev",
    "make start",
    "make serve",
    "ssh -",
];

/// What follows the name of a tool where it starts nothing: it installs, builds, tests.
const STARTS_NOTHING: &[&str] = &[
    "install",
    "i",
    "ci",
    "add",
    "test",
    "build",
    "run build",
    "run lint",
    "run test",
    "run migrate",
    "run seed",
    "run format",
    "run db",
    "create",
    "init",
    "prisma",
    "-c",
    "-m venv",
    "-m pip",
    "-m json",
    "-m pytest",
    "-m unittest",
    "--version",
    "-v",
    "-V",
    "clean install",
    "clean package",
    "package",
    "compile",
    "generate",
];

/// Whether a text starts something otherwise than in a container that Compose starts.
pub(super) fn starts_otherwise(text: &str) -> bool {
    OTHER_STARTS.iter().any(|start| {
        memchr::memmem::find_iter(text.as_bytes(), start.as_bytes()).any(|at| {
            let rest = text[at + start.len()..].trim_start();
            !STARTS_NOTHING.iter().any(|word| {
                rest.strip_prefix(word)
                    .is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
            })
        })
    })
}

/// Whether a document starts everything by targets of a Makefile that itself
/// does so with Compose.
pub(super) fn starts_by_make(text: &str, makefile: &str) -> bool {
    const TARGETS: &[&str] = &["make up", "make run", "make dev", "make start", "make serve"];
    let starts = TARGETS.iter().any(|target| text.contains(target));
    starts && starts_by_compose(makefile) && !starts_otherwise(&text.replace("make ", ""))
}

/// Whether a document starts everything with Compose, and nothing in another way.
pub(super) fn starts_by_compose(text: &str) -> bool {
    let has = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    (has("docker compose") || has("docker-compose")) && !starts_otherwise(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_starts_by_compose_if_it_names_no_other_way() {
        for (text, expected) in [
            ("Run `docker compose up -d`, then open http://localhost:3000.", true),
            ("```\ndocker-compose up\n```", true),
            ("Run `docker compose up db`, then `npm run dev`.", false),
            ("Open http://localhost:3000.", false),
        ] {
            assert_eq!(starts_by_compose(text), expected, "{text}");
        }
        for (text, makefile, expected) in [
            ("Run `make up`.", "up:\n\tdocker compose up -d\n", true),
            ("Run `make dev`.", "dev:\n\tnpm run dev\nup:\n\tdocker compose up -d\n", false),
            ("Run `make up`, then `npm run dev`.", "up:\n\tdocker compose up -d\n", false),
            ("Build it.", "up:\n\tdocker compose up -d\n", false),
        ] {
            assert_eq!(starts_by_make(text, makefile), expected, "{text}");
        }
    }
}
