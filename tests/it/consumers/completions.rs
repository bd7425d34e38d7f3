//! Completion scripts, by the shells that they are for; manual pages, by those
//! who read them.

use std::path::Path;
use std::process::Command;

use super::tools::{Tools, clean, done, ended, skipped};
use super::workspace::Workspace;

/// A shell with the script of its completions in a folder; `None`, said aloud, where there is no such shell.
fn shell(name: &str) -> Option<(Workspace, Command)> {
    Tools::find()?;
    if clean(name.as_ref()).arg("--version").output().is_err() {
        skipped(&format!("the completions of {name}: there is no {name}"));
        return None;
    }
    let workspace = Workspace::new("[project]\nname = \"p\"\n");
    let script = done(clean(env!("CARGO_BIN_EXE_portgen").as_ref()).args(["completions", name]));
    workspace.write("script", &script);
    let mut command = clean(name.as_ref());
    command.current_dir(workspace.folder());
    Some((workspace, command))
}

/// Lines of a command line, and what its last word is completed to; names of
/// rules and targets last, which only Bash and Zsh know.
const COMPLETED: [(&str, &str); 5] = [
    ("portgen hoo", "hook"),
    ("portgen hook ins", "install"),
    ("portgen check --stri", "--strict"),
    ("portgen explain duplicate-p", "duplicate-port"),
    ("portgen eject cloudf", "cloudflared"),
];

/// Without the names.
const DEFINED: &[(&str, &str)] = COMPLETED.split_at(3).0;

#[test]
fn bash_completes_commands_options_and_names() {
    let Some((_workspace, mut bash)) = shell("bash") else { return };
    let text = "set -u; . ./script\n\
        for line in \"$@\"; do\n\
        COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n\
        _portgen portgen \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"\n\
        echo \"${COMPREPLY[*]}\"; done";
    bash.args(["--norc", "-c", text, "bash"]).args(COMPLETED.map(|(line, _)| line));
    let completed = done(&mut bash);
    assert_eq!(completed.lines().collect::<Vec<_>>(), COMPLETED.map(|(_, word)| word), "{completed}");
}

#[test]
fn fish_completes_commands_and_options() {
    let Some((_workspace, mut fish)) = shell("fish") else { return };
    let text = "source script; for line in $argv; complete -C $line; end";
    fish.args(["--no-config", "-c", text]).args(DEFINED.iter().map(|(line, _)| line));
    let completed = done(&mut fish);
    let words: Vec<&str> = completed.lines().map(|line| line.split('\t').next().unwrap_or(line)).collect();
    assert_eq!(words, DEFINED.iter().map(|(_, word)| *word).collect::<Vec<_>>(), "{completed}");
}

/// Elvish's editor is there on a terminal only: a stand-in takes the completer,
/// is asked, and chooses what begins with the word.
const ELVISH: &str = r#"
use str
var arg-completer = [&]
var completion: = (ns [&arg-completer=$arg-completer])
var edit: = (ns [&completion:=$completion: &complex-candidate~={|stem &display=''| put $stem}])
eval &ns=(ns [&edit:=$edit:]) (slurp < script)
for line $args {
    var words = [(str:split ' ' $line)]
    $edit:completion:arg-completer[portgen] $@words | each {|word|
        if (str:has-prefix $word $words[-1]) { echo $word }
    }
}
"#;

#[test]
fn elvish_completes_commands_and_options() {
    let Some((workspace, mut elvish)) = shell("elvish") else { return };
    workspace.write("ask.elv", ELVISH);
    elvish.args(["-norc", "ask.elv"]).args(DEFINED.iter().map(|(line, _)| line));
    let completed = done(&mut elvish);
    let words: Vec<&str> = completed.lines().collect();
    assert_eq!(words, DEFINED.iter().map(|(_, word)| *word).collect::<Vec<_>>(), "{completed}");
}

/// A terminal of zsh's own, in which a line is typed and the key Tab is hit.
const ZSH: &str = "zmodload zsh/zpty\n\
    for line expected in \"$@\"; do\n\
    zpty shell 'PS1= TERM=dumb zsh -f -i'\n\
    zpty -w shell 'unsetopt beep; autoload -U compinit; compinit -u -D; . ./script; print rea\"\"dy'\n\
    zpty -r -m shell shown '*ready*'\n\
    zpty -w -n shell \"$line\"$'\\t'\n\
    zpty -r -m shell shown \"*${line}*${expected#${line##* }}*\"\n\
    zpty -d shell\n\
    print -r -- \"$expected\"; done";

#[test]
fn zsh_completes_commands_options_and_names() {
    let Some((_workspace, zsh)) = shell("zsh") else { return };
    let mut command = clean("timeout".as_ref());
    command.current_dir(zsh.get_current_dir().expect("a folder"));
    command.args(["60", "zsh", "-f", "-c", ZSH, "zsh"]);
    command.args(COMPLETED.iter().flat_map(|&(line, word)| [line, word]));
    let completed = done(&mut command);
    assert_eq!(completed.lines().collect::<Vec<_>>(), COMPLETED.map(|(_, word)| word), "{completed}");
}

#[test]
fn powershell_completes_commands() {
    let Some((_workspace, mut pwsh)) = shell("pwsh") else { return };
    let text = ". ./script; (TabExpansion2 'portgen hoo' 11).CompletionMatches.CompletionText";
    pwsh.args(["-NoProfile", "-NonInteractive", "-Command", text]);
    assert_eq!(done(&mut pwsh).trim(), "hook");
}

/// The pages of manual, written to a folder.
fn pages() -> Workspace {
    let workspace = Workspace::new("[project]\nname = \"p\"\n");
    let mut portgen = clean(env!("CARGO_BIN_EXE_portgen").as_ref());
    let listed = done(portgen.args(["man", "man1"]).current_dir(workspace.folder()));
    assert!(listed.contains("created   man1/portgen-hook-install.1\n"), "{listed}");
    workspace
}

fn each_page(workspace: &Workspace, judge: impl Fn(&Path)) {
    let mut count = 0;
    for entry in std::fs::read_dir(workspace.path("man1")).expect("the pages") {
        judge(&entry.expect("a page").path());
        count += 1;
    }
    assert!(count > 30, "{count}");
}

#[test]
fn mandoc_has_no_warning_of_any_page() {
    if Tools::find().is_none() {
        return;
    }
    let pages = pages();
    if clean("mandoc".as_ref()).arg("-T").arg("lint").output().is_err() {
        return skipped("mandoc_has_no_warning_of_any_page: there is no mandoc");
    }
    each_page(&pages, |page| {
        let (code, stdout, stderr) =
            ended(clean("mandoc".as_ref()).args(["-T", "lint", "-W", "warning"]).arg(page));
        assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    });
}

#[test]
fn man_shows_every_page_without_a_warning() {
    if Tools::find().is_none() {
        return;
    }
    let pages = pages();
    if clean("man".as_ref()).arg("--version").output().is_err() {
        return skipped("man_shows_every_page_without_a_warning: there is no man");
    }
    let struck = regex::Regex::new(".\u{8}").expect("a pattern");
    each_page(&pages, |page| {
        let mut man = clean("man".as_ref());
        let arguments = ["--warnings", "-E", "UTF-8", "-Tutf8", "-P", "cat", "-l"];
        let (code, stdout, stderr) = ended(man.args(arguments).arg(page).env("MANWIDTH", "80"));
        assert_eq!((code, stderr.as_str()), (0, ""), "{}", page.display());
        // Bold and underlined letters are struck twice.
        let stdout = struck.replace_all(&stdout, "");
        assert!(stdout.contains("SYNOPSIS") && stdout.contains("EXAMPLES"), "{stdout}");
    });
}
