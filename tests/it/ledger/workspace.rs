//! The root of a workspace, where several projects are asked at once.

use super::Machine;

/// A workspace of two projects; each has a service `api`.
fn workspace(machine: &Machine, store: u16, billing: u16) -> std::path::PathBuf {
    let root = machine.project("shop", "[workspace]\nmembers = [\"store\", \"billing\"]\n");
    for (name, port) in [("store", store), ("billing", billing)] {
        machine.project(
            &format!("shop/{name}"),
            &format!("[project]\nname = \"{name}\"\n[services.api]\nport = {port}\n"),
        );
    }
    root
}

#[test]
fn env_refuses_a_name_with_two_numbers_as_get_does() {
    let machine = Machine::new();
    let root = workspace(&machine, 23_456, 23_457);
    for format in ["shell", "dotenv", "json", "fish", "powershell"] {
        let refused = machine.run(&root, &["env", "--format", format]);
        assert_eq!(refused.code, machine.run(&root, &["get", "api"]).code, "{refused:?}");
        assert!(!refused.stdout.contains("API_PORT=") && !refused.stdout.contains("23456\""), "{refused:?}");
        let message = "error: `API_PORT` is 23456 in project store and 23457 in project billing";
        assert!(refused.stderr.contains(message), "{refused:?}");
        assert!(refused.stderr.contains("-C store, -C billing"), "{refused:?}");
    }
    assert_eq!(machine.ok(&root, &["-C", "billing", "env"]), "export API_PORT=23457\n");
}

#[test]
fn env_refuses_a_name_that_one_project_declares_and_another_reserved() {
    let machine = Machine::new();
    let root = workspace(&machine, 23_456, 23_457);
    let table = "[project]\nname = \"billing\"\n[services.worker]\nport = 23457\n";
    std::fs::write(root.join("billing/ports.toml"), table).expect("a table");
    assert_eq!(machine.ok(&root, &["env"]), "export API_PORT=23456\nexport WORKER_PORT=23457\n");
    let given = machine.reserve(&root.join("billing"), &["api"]);
    let refused = machine.run(&root, &["env"]);
    assert!(refused.code != 0 && refused.stdout.is_empty(), "{refused:?}");
    let message = format!("`API_PORT` is 23456 in project store and {given} in project billing");
    assert!(refused.stderr.contains(&message), "{refused:?}");
}

#[test]
fn status_says_whose_a_service_is() {
    let machine = Machine::new();
    let root = workspace(&machine, 23_456, 23_457);
    let told = machine.ok(&root, &["status", "--no-health"]);
    assert!(told.starts_with("PROJECT"), "{told}");
    assert!(told.contains("store") && told.contains("billing"), "{told}");
    let alone = machine.ok(&root.join("store"), &["status", "--no-health"]);
    assert!(alone.starts_with("SERVICE"), "{alone}");
}

#[test]
fn a_release_of_another_project_says_that_its_outputs_have_the_number() {
    let machine = Machine::new();
    let table = "[project]\nname = \"other\"\n[services.o]\nport = \"auto\"\n\
                 [[output]]\npath = \".env\"\ntarget = \"dotenv\"\nlocal = true\n";
    let other = machine.project("other", table);
    machine.ok(&other, &["render"]);
    let released = machine.run(&machine.folder("mine"), &["release", "--project", "other", "o"]);
    assert_eq!(released.code, 0, "{released:?}");
    assert!(released.stderr.contains("local outputs hold the old numbers"), "{released:?}");
}

#[test]
fn check_says_nothing_of_what_it_does_not_look_at() {
    let machine = Machine::new();
    let root = workspace(&machine, 23_456, 23_457);
    let outside = machine.folder("elsewhere");
    for path in ["../elsewhere", &outside.to_string_lossy()] {
        let run = machine.run(&root, &["check", path]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("it lies outside the folder that is read"), "{run:?}");
    }
    machine.ok(&root, &["check", "store"]);
    machine.ok(&root.join("store"), &["check", "../billing"]);
}
