//! `launchSettings.json` of .NET: what each profile listens on.

use super::config::{self, Runs};
use super::flat::Flat;
use super::{FilePath, Reader, Reading, Role, Side};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "launch-settings",
    summary: "launchSettings.json: applicationUrl, sslPort, environment variables",
    takes: |path| path.is_named(&["launchSettings.json"]),
    knows: config::may_say_a_port,
    read,
};

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    Flat::parse(path, text).each(text, &mut |setting| {
        let name = setting.name();
        let listens = matches!(name, "applicationUrl" | "sslPort" | "httpPort" | "httpsPort")
            || (name.ends_with("_URLS") || name.ends_with("_PORTS") || name.ends_with("_PORT"));
        let mut found = config::urls(text, setting.at.clone(), Runs::OnMachine);
        if listens {
            found.extend(config::number(text, setting.at.clone(), Role::Listen));
        }
        // The profile is the service: each is another way to start the program.
        let profile = match setting.keys {
            ["profiles", profile, ..] => Some((*profile).to_owned()),
            ["iisSettings", ..] => Some("IIS Express".to_owned()),
            _ => None,
        };
        for mut sighting in found {
            if listens {
                sighting.role = Role::Listen;
                sighting.side = Side::Host;
            }
            sighting.service.clone_from(&profile);
            sighting.variable = Some(name.to_owned());
            reading.sightings.push(sighting);
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn each_profile_says_what_it_listens_on() {
        check(
            "Api/Properties/launchSettings.json",
            r#"{"iisSettings": {"iisExpress": {"applicationUrl": "http://localhost:54321", "sslPort": 44300}},
"profiles": {"http": {"launchUrl": "swagger", "applicationUrl": "https://localhost:7001;http://*:5001",
  "environmentVariables": {"ASPNETCORE_ENVIRONMENT": "Development", "API_URL": "http://localhost:9000", "RETRY": "3000"}},
"ssl": {"sslPort": 0}}}"#,
            &[
                "1:69 54321 Listen host=localhost variable=applicationUrl service=IIS Express",
                "1:88 44300 Listen variable=sslPort service=IIS Express",
                "2:84 7001 Listen host=localhost variable=applicationUrl service=http",
                "2:98 5001 Listen host=* variable=applicationUrl service=http",
                "3:98 9000 Connect host=localhost variable=API_URL service=http",
            ],
        );
    }
}
