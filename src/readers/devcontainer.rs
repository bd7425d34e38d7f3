//! `devcontainer.json`: forwarded and published ports, what they are called.

use std::collections::HashMap;

use super::config::{self, Runs};
use super::flat::{Flat, Setting};
use super::{FilePath, Reader, Reading, Role, Side, Sighting};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "devcontainer",
    summary: "devcontainer.json: forwardPorts, appPort, labels of ports, environment",
    takes,
    knows: config::may_say_a_port,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let is_in_folder = path.folder().rsplit('/').any(|part| part == ".devcontainer");
    path.is_named(&["devcontainer.json", ".devcontainer.json"]) || (is_in_folder && path.has_extension(&["json"]))
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let flat = Flat::parse(path, text);
    let mut labels: HashMap<String, String> = HashMap::new();
    flat.each(text, &mut |setting| {
        if let ["portsAttributes", port, "label"] = setting.keys {
            let label = text.get(setting.at.clone()).unwrap_or("");
            labels.insert((*port).to_owned(), label.to_owned());
        }
    });
    let mut arguments = config::Arguments::default();
    flat.each(text, &mut |setting| {
        for mut sighting in in_setting(text, setting, &mut arguments) {
            sighting.service = labels.get(&sighting.ports.to_string()).cloned();
            reading.sightings.push(sighting);
        }
    });
}

fn in_setting(text: &str, setting: &Setting<'_>, arguments: &mut config::Arguments) -> Vec<Sighting> {
    let at = setting.at.clone();
    match setting.keys {
        ["forwardPorts"] => match config::number(text, at.clone(), Role::Expose) {
            Some(mut number) => {
                number.side = Side::Container;
                vec![number]
            }
            // `localhost` is that of the container.
            None => config::addresses(text, at, Runs::InContainer),
        },
        ["appPort"] => config::published(text, at).into_iter().collect(),
        ["runArgs"] => arguments.next(text, setting),
        [.., "containerEnv" | "remoteEnv", name] => config::assigned(text, name, at, Side::Container),
        _ => config::urls(text, at, Runs::InContainer),
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn ports_are_forwarded_and_published() {
        check(
            ".devcontainer/devcontainer.json",
            r#"{
  // "forwardPorts": [9],
  "forwardPorts": [3000, "db:5432"],
  "portsAttributes": {"3000": {"label": "web"}},
  "appPort": ["8080:80", 9000],
  "runArgs": ["-p", "127.0.0.1:7000:70", "--memory=4096", "--publish=7001:71/udp"],
  "containerEnv": {"API_PORT": "8000", "TIMEOUT": "3000"},
  "hostRequirements": {"memory": "8192"}, "shutdownTimeout": 3000
}"#,
            &[
                "3:20 3000 Expose Container service=web",
                "3:30 5432 Connect Container host=db",
                "5:16 8080 Publish container=80",
                "5:26 9000 Publish container=9000",
                "6:32 7000 Publish host=127.0.0.1 container=70",
                "6:70 7001 Publish container=71 protocol=udp",
                "7:33 8000 Assign Container variable=API_PORT",
            ],
        );
    }
}
