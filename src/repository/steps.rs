//! Commands that a document shows, as steps: into a folder, start its program.

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes into a folder.
    Into(String),
    /// It starts the program of the folder, on the port that the program takes by itself.
    Start,
    /// It starts the program of a folder that it names.
    StartIn(String),
    /// It starts the processes of the folder's Procfile.
    StartAll,
    /// It starts something else, or on another port.
    Otherwise,
}

/// Commands that start the program of a folder.
const STARTS: &[&str] = &[
    "npm start",
    "npm run dev",
    "npm run start",
    "npm run start:dev",
    "npm run serve",
    "npm run develop",
    "yarn start",
    "yarn dev",
    "yarn run dev",
    "yarn serve",
    "pnpm start",
    "pnpm dev",
    "pnpm run dev",
    "bun dev",
    "bun run dev",
    "bun start",
    "node server.js",
    "node index.js",
    "node app.js",
    "nodemon",
    "npx nodemon",
    "go run .",
    "go run main.go",
    "cargo run",
    "python app.py",
    "python3 app.py",
    "python main.py",
    "python3 main.py",
    "python server.py",
    "python3 server.py",
    "python run.py",
    "python3 run.py",
    "./mvnw spring-boot:run",
    "mvn spring-boot:run",
    "./gradlew bootRun",
    "dotnet run",
    "dotnet watch",
    "dotnet watch run",
];

/// Commands that start the processes of a Procfile.
const PROCFILES: &[&str] =
    &["honcho start", "foreman start", "heroku local", "overmind start", "goreman start", "hivemind"];

/// Beginnings of commands that start something whose port they do not tell.
const OTHERS: &[&str] = &[
    "npm run ", "yarn ", "pnpm ", "npx ", "bun ", "node ", "python", "uvicorn", "gunicorn", "flask ",
    "docker", "go run", "php ", "rails", "make ", "./", "pm2 ", "serve ",
];

/// The steps of a line: of commands, or of a sentence with code in it.
pub(super) fn steps(line: &str, is_code: bool) -> Vec<Step> {
    if is_code {
        return of_commands(line);
    }
    // `Run \`npm start\``: only what is marked as code.
    let mut found: Vec<Step> = line.split('`').skip(1).step_by(2).flat_map(of_commands).collect();
    if !found.iter().any(|step| matches!(step, Step::Into(_))) {
        found.splice(0..0, gone_to(line));
    }
    found
}

/// The folder that a sentence sends people to: `Navigate to the \`server\` directory`.
fn gone_to(line: &str) -> Option<Step> {
    const GOING: &[&str] = &[
        "navigate to the ",
        "navigate to ",
        "navigate into the ",
        "navigate into ",
        "go to the ",
        "go into the ",
        "go into ",
        "change to the ",
        "change into the ",
        "move to the ",
        "move into the ",
        "switch to the ",
        "change directory to ",
    ];
    // Nothing else than a folder follows these.
    const ENTERING: &[&str] =
        &["`cd` into ", "`cd` to ", "cd into ", "entre na pasta ", "acesse a pasta ", "ve a la carpeta "];
    let lower = line.to_ascii_lowercase();
    let behind = |list: &[&str]| list.iter().find_map(|words| lower.find(words).map(|at| at + words.len()));
    let (at, is_told) =
        behind(ENTERING).map(|at| (at, true)).or_else(|| behind(GOING).map(|at| (at, false)))?;
    let rest = line.get(at..)?.trim_start_matches(['*', '_']);
    let marked = rest.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let (path, after) = marked.unwrap_or_else(|| rest.split_at(rest.find(' ').unwrap_or(rest.len())));
    let after = after.trim_start_matches(['*', '_', ' ']).to_ascii_lowercase();
    let is_folder = ["directory", "folder", "dir "].iter().any(|word| after.starts_with(word));
    let is_path = !path.is_empty() && path.chars().all(|one| one.is_alphanumeric() || "-_./~".contains(one));
    (is_path && (is_told && marked.is_some() || is_folder))
        .then(|| Step::Into(path.trim_end_matches(['/', '.']).to_owned()))
}

fn of_commands(line: &str) -> Vec<Step> {
    let line = line.trim().trim_start_matches(['$', '>', ' ']);
    let line = line.split(" #").next().unwrap_or(line);
    let pieces = line.split("&&").flat_map(|piece| piece.split(';'));
    pieces.filter_map(|piece| of_command(piece.trim().trim_matches(['(', ')', ' ']))).collect()
}

fn of_command(command: &str) -> Option<Step> {
    let command = command.trim_end_matches(['&', ' ']);
    if let Some(path) = command.strip_prefix("cd ") {
        let path = path.trim().trim_matches(['"', '\'', ' ']);
        return Some(Step::Into(path.trim_end_matches(['/', '\\']).to_owned()));
    }
    let is = |start: &&&str| {
        command.strip_prefix(**start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let tells = command.contains("port") || command.contains("PORT") || command.contains(" -p");
    if PROCFILES.iter().any(|start| is(&start)) {
        return Some(if tells { Step::Otherwise } else { Step::StartAll });
    }
    if let Some(start) = STARTS.iter().rfind(is) {
        let rest = command[start.len()..].trim();
        if let Some(folder) =
            folder_of(rest).filter(|_| !command.contains("PORT") && !command.contains("--port"))
        {
            return Some(Step::StartIn(folder));
        }
        return Some(if tells || !rest.is_empty() { Step::Otherwise } else { Step::Start });
    }
    let installs = ["install", "build", "test", "add ", " ci", "lint", "migrate", "seed", "venv"];
    let starts_other =
        OTHERS.iter().any(|start| command.starts_with(start)) || tells && command.contains('=');
    (starts_other && !installs.iter().any(|word| command.contains(word))).then_some(Step::Otherwise)
}

/// The folder that the rest of a command names: `--project src/Api`, `--prefix client`.
fn folder_of(rest: &str) -> Option<String> {
    let mut words = rest.split_ascii_whitespace();
    let option = words.next()?;
    let (option, value) =
        option.split_once('=').map_or((option, None), |(option, value)| (option, Some(value)));
    let path = value.or_else(|| words.next())?.trim_matches(['"', '\'']);
    if !matches!(option, "--project" | "--prefix" | "--cwd" | "-C") || words.next().is_some() {
        return None;
    }
    let is_file = path.ends_with("proj");
    let folder = if is_file { path.rsplit_once('/').map_or("", |(folder, _)| folder) } else { path };
    Some(folder.trim_start_matches("./").trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_steps() {
        let into = |path: &str| Step::Into(path.to_owned());
        for (line, is_code, expected) in [
            ("cd backend && npm install", true, vec![into("backend")]),
            ("(cd \"web app/\" && npm run dev)", true, vec![into("web app"), Step::Start]),
            ("$ npm start", true, vec![Step::Start]),
            ("npm run dev -- --port 4000", true, vec![Step::Otherwise]),
            ("PORT=4000 npm start", true, vec![Step::Otherwise]),
            ("npm run dev:all", true, vec![Step::Otherwise]),
            ("npm install", true, vec![]),
            ("honcho start", true, vec![Step::StartAll]),
            ("foreman start -p 4000", true, vec![Step::Otherwise]),
            ("dotnet run --project src/Api/Api.csproj", true, vec![Step::StartIn("src/Api".to_owned())]),
            ("npm start --prefix client", true, vec![Step::StartIn("client".to_owned())]),
            ("dotnet run --urls http://*:80", true, vec![Step::Otherwise]),
            ("2. `cd` into `apps/api` and install", false, vec![into("apps/api")]),
            (
                "Navigate to the `server` directory and run `npm start`",
                false,
                vec![into("server"), Step::Start],
            ),
            ("Go to the backend folder", false, vec![into("backend")]),
            ("Navigate to `http://localhost:3000`", false, vec![]),
            ("Go to the settings page", false, vec![]),
            ("Run `cd api`, then `npm start`.", false, vec![into("api"), Step::Start]),
            ("npm start is what you want", false, vec![]),
        ] {
            assert_eq!(steps(line, is_code), expected, "{line}");
        }
    }
}
