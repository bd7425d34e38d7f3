//! `.vscode/launch.json`, `tasks.json` and `settings.json`: what an editor
//! starts, with which arguments and variables, and where it connects to.

use super::config::{self, Arguments, Runs};
use super::flat::{Flat, Setting};
use super::{FilePath, Reader, Reading, Role, Side, Sighting, words};
use crate::diagnostic::Confidence;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "launch",
    summary: ".vscode/launch.json and its neighbours: arguments, variables, URLs",
    takes,
    knows: config::may_say_a_port,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let is_workspace = path.has_extension(&["code-workspace"]);
    let is_in_folder = path.folder().rsplit('/').next() == Some(".vscode");
    is_workspace || (is_in_folder && path.is_named(&["launch.json", "tasks.json", "settings.json", "mcp.json"]))
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    // What an extension is set to says little of the project.
    let most = if path.is_named(&["settings.json"]) { Confidence::Low } else { Confidence::High };
    let flat = match path.has_extension(&["json"]) {
        true => Flat::parse(path, text),
        false => Flat::Tree(super::json::parse(text)),
    };
    let mut arguments = Arguments::default();
    flat.each(text, &mut |setting| {
        for mut sighting in in_setting(text, setting, &mut arguments) {
            sighting.confidence = sighting.confidence.min(most);
            reading.sightings.push(sighting);
        }
    });
}

fn in_setting(text: &str, setting: &Setting<'_>, arguments: &mut Arguments) -> Vec<Sighting> {
    let at = setting.at.clone();
    if let [.., "env" | "environment" | "environmentVariables", name] = setting.keys {
        return config::assigned(text, name, at, Side::Host);
    }
    let name = setting.name();
    if matches!(name, "args" | "runtimeArgs" | "command" | "program" | "runtimeExecutable") {
        return arguments.next(text, setting);
    }
    if words::names_a_port(name.rsplit('.').next().unwrap_or(name))
        && let Some(mut number) = config::number(text, at.clone(), Role::Define)
    {
        // That of a debugger, mostly.
        number.confidence = Confidence::Medium;
        number.variable = Some(name.to_owned());
        return vec![number];
    }
    let mut found = config::urls(text, at, Runs::OnMachine);
    found.iter_mut().for_each(|sighting| sighting.variable = Some(name.to_owned()));
    found
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn what_is_started_and_connected_to_is_read() {
        check(
            ".vscode/launch.json",
            r#"{"version": "0.2.0", "configurations": [
 {"type": "chrome", "url": "http://localhost:4200", "timeout": 30000},
 {"type": "node", "port": 9229, "env": {"PORT": "3001", "DB": "postgres://localhost:5432/x", "MAX": "5000"}},
 {"type": "python", "args": ["app.main:app", "--port", "8000", "--workers", "4000"], "justMyCode": true},
 {"type": "python", "args": ["runserver", "0.0.0.0:8001"]},
 {"type": "go", "args": ["--http-port=8002", "--timeout=9000"]}]}"#,
            &[
                "2:46 4200 Connect host=localhost variable=url",
                "3:27 9229 Define variable=port confidence=Medium",
                "3:50 3001 Assign variable=PORT",
                "3:85 5432 Connect host=localhost variable=DB",
                "4:57 8000 Listen Unknown variable=--port",
                "5:52 8001 Listen Unknown host=0.0.0.0",
                "6:39 8002 Listen Unknown variable=--http-port",
            ],
        );
        check(".vscode/settings.json", r#"{"liveServer.settings.port": 5501, "editor.rulers": [8000]}"#, &[
            "1:30 5501 Define variable=liveServer.settings.port confidence=Low",
        ]);
    }
}
