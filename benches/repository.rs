//! What it costs to read a repository: a whole tree, each reader, what Compose
//! would run, and the rules.
//!
//! `cargo bench --bench repository`; a word behind `--` selects by name.

#![expect(clippy::expect_used, reason = "what cannot be measured ends the run")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use portgen::app::{self, Location, SurveyOptions};
use portgen::readers::compose::Texts;
use portgen::readers::{FilePath, READERS, Reader};
use portgen::repository::{Repository, ScannedFile};
use portgen::source::Sources;

fn main() {
    divan::main();
}

/// What a file of a path typically says, over and over.
fn typical(path: &str) -> String {
    let line = match FilePath::new(path).extension() {
        "py" => {
            "    value = compute(item, 4000)\n    url = os.getenv(\"API_URL\", \"http://localhost:8000\")\n"
        }
        "ts" => "  const value = compute(item, 4000);\n  app.listen(process.env.PORT || 3000);\n",
        "go" => "\tvalue := compute(item, 4000)\n\terr := http.ListenAndServe(\":8080\", nil)\n",
        "rs" => {
            "    let value = compute(item, 4000);\n    let port = env::var(\"PORT\").unwrap_or(\"8080\".into());\n"
        }
        "java" => "    int value = compute(item, 4000);\n    server.listen(8080);\n",
        "md" => {
            "Some words on what it does, of no port.\n\n| Service | Port | Variable |\n|---|---|---|\n| API | 8000 | `API_PORT` |\n\n"
        }
        "sh" => "echo \"some words\" | sed s/a/b/\nuvicorn app:app --port \"${API_PORT:-8000}\"\n",
        "env" => "NAME=value\nAPI_PORT=8000\n",
        "json" | "yml" | "" => "",
        _ => "word\n",
    };
    line.repeat(40)
}

fn compose(services: usize) -> String {
    let mut text = String::from("services:\n");
    for index in 0..services {
        let port = 10_000 + index;
        let _ = write!(
            text,
            "  s{index}:\n    image: a/b:1\n    ports:\n      - \"127.0.0.1:${{S{index}_PORT:-{port}}}:80\"\n    environment:\n      URL: http://s0:80\n"
        );
    }
    text
}

/// A text for every reader that has one here, with its path.
fn text(name: &str) -> (&'static str, String) {
    match name {
        "compose" => ("compose.yml", compose(40)),
        "dotenv" => (".env", typical("a.env")),
        "markdown" => ("README.md", typical("a.md")),
        "shell" => ("start.sh", typical("a.sh")),
        "python" => ("main.py", typical("a.py")),
        "javascript" => ("main.ts", typical("a.ts")),
        "go" => ("main.go", typical("a.go")),
        "rust" => ("main.rs", typical("a.rs")),
        "java" => ("Main.java", typical("a.java")),
        _ => ("Dockerfile", "FROM a\nENV PORT=8000\nEXPOSE 8000\nRUN make all\n".repeat(40)),
    }
}

const TYPICAL: &[&str] =
    &["compose", "dotenv", "markdown", "shell", "python", "javascript", "go", "rust", "java", "dockerfile"];

fn reader(name: &str) -> &'static Reader {
    READERS.iter().find(|reader| reader.name == name).expect("a reader")
}

#[divan::bench(args = TYPICAL)]
fn read(bencher: Bencher, name: &str) {
    let (path, text) = text(name);
    let (reader, path) = (reader(name), FilePath::new(path));
    assert!(!reader.reading(&path, &text).is_empty(), "{name} reads something");
    bencher.counter(BytesCount::of_str(&text)).bench(|| reader.reading(&path, &text));
}

/// Projects side by side, each with a compose file, an env file, a source and a document.
fn files(projects: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for index in 0..projects {
        files.push((format!("p{index:04}/compose.yml"), compose(4)));
        files.push((format!("p{index:04}/.env"), "S0_PORT=10000\nS1_PORT=10009\n".to_owned()));
        files.push((format!("p{index:04}/src/main.py"), typical("a.py")));
        files.push((format!("p{index:04}/README.md"), typical("a.md")));
        for other in 0..4 {
            files.push((format!("p{index:04}/src/other{other}.py"), "value = compute(4000)\n".repeat(80)));
        }
    }
    files.sort();
    files
}

fn scanned(files: &[(String, String)]) -> Vec<ScannedFile> {
    let read = |(path, text): &(String, String)| {
        let takes = |reader: &&&Reader| (reader.takes)(&FilePath::new(path)) && (reader.knows)(text);
        let reader = READERS.iter().find(takes)?;
        let reading = reader.reading(&FilePath::new(path), text);
        Some(ScannedFile { path: path.clone(), text: text.clone(), reader: reader.name, reading })
    };
    files.iter().filter_map(read).collect()
}

#[divan::bench(args = [10, 500])]
fn compose_sets_and_what_contradicts(bencher: Bencher, projects: usize) {
    let files = files(projects);
    bencher.with_inputs(|| scanned(&files)).bench_local_values(|scanned| {
        let mut sources = Sources::new();
        let repository = Repository::new(scanned, &mut Texts::new(&mut sources, &|_| None));
        assert_eq!(repository.sets.len(), projects);
        repository
    });
}

#[expect(clippy::disallowed_methods, reason = "makes the tree that is measured")]
fn write(folder: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
}

/// Eight files a project: the walk, the readers, the rules.
#[divan::bench(args = [1, 50, 500])]
fn survey(bencher: Bencher, projects: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &files(projects));
    let location = Location { directory: folder.path().to_path_buf(), file: None };
    bencher.bench(|| {
        let surveyed = app::survey(&location, &SurveyOptions::default()).expect("a survey");
        assert_eq!(surveyed.repository.sets.len(), projects);
        surveyed
    });
}
