//! Commands that a document shows, as steps: into a folder, start its program.

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes into a folder.
    Into(String),
    /// It starts the program of the folder, on the port that the program takes by itself.
    Start,
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
];

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
    line.split('`').skip(1).step_by(2).flat_map(of_commands).collect()
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
    if let Some(start) = STARTS.iter().find(is) {
        let rest = command[start.len()..].trim();
        return Some(if tells || !rest.is_empty() { Step::Otherwise } else { Step::Start });
    }
    let installs = ["install", "build", "test", "add ", " ci", "lint", "migrate", "seed", "venv"];
    let starts_other =
        OTHERS.iter().any(|start| command.starts_with(start)) || tells && command.contains('=');
    (starts_other && !installs.iter().any(|word| command.contains(word))).then_some(Step::Otherwise)
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
            ("Run `cd api`, then `npm start`.", false, vec![into("api"), Step::Start]),
            ("npm start is what you want", false, vec![]),
        ] {
            assert_eq!(steps(line, is_code), expected, "{line}");
        }
    }
}
