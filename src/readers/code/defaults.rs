//! Values that stand in where nothing is said: what is declared with a default.

use super::cursor::Code;
use super::environment;
use super::judge::Verdict;
use super::names;
use super::slot::{Slot, Value, climb};
use crate::diagnostic::Confidence::{High, Medium};
use crate::readers::Role;

/// Whether a call describes an option of the command line.
pub(super) fn describes_option(name: &str) -> bool {
    names::has(name, &["argument", "option", "flag", "arg", "opt", "options"])
}

/// The variable that was asked for and found empty, where `name = value` is
/// what is done then.
pub(super) fn replaced<'t>(code: &Code<'t>, name: usize) -> Option<&'t str> {
    let open = name.checked_sub(1)?;
    // `const { PORT = 3000 } = process.env`
    let parent = code.parent(name).filter(|open| code.is(*open, "{"));
    if let Some(close) = parent.and_then(|open| code.partner(open))
        && code.is(close + 1, "=")
        && code.is_any(close + 2, &["process", "import", "Bun"])
        && (close + 3..close + 7).any(|at| code.is(at, "env"))
    {
        return code.word(name);
    }
    if !code.is_any(open, &["{", ":"]) {
        return None;
    }
    let condition = (open.saturating_sub(16)..open).rev().find(|&at| code.is(at, "if"))?;
    if let Some(variable) = environment::variable(code, condition, open) {
        return Some(variable);
    }
    let wanted = code.word(name)?;
    if !(condition..open).any(|at| code.word(at) == Some(wanted)) {
        return None;
    }
    let assigned = (condition.saturating_sub(48)..condition)
        .rev()
        .find(|&at| code.word(at) == Some(wanted) && code.is_any(at + 1, &[":=", "="]))?;
    environment::variable(code, assigned + 2, (assigned + 12).min(condition.checked_sub(1)?))
}

/// `default: 8000`, `default_value_t = 8000`, `default=8000` of what is declared.
pub(super) fn default_entry(code: &Code<'_>, value: &Value, open: usize) -> Option<Verdict> {
    if let Some(variable) = sibling_variable(code, open, value.from) {
        return names::is_port(variable).then(|| Verdict::new(Role::Fallback, High).variable(variable));
    }
    if let Some(callee) = code.callee(open) {
        if let Some(variable) = environment::variable(code, code.chain_start(callee), open + 1) {
            return names::is_port(variable).then(|| Verdict::new(Role::Fallback, High).variable(variable));
        }
        let bare_env = code
            .parts(open, value.from)
            .any(|part| code.is(part, "env") && code.is_any(part + 1, &[",", ")"]));
        if let Some(name) = attribute_field(code, open).filter(|name| names::is_port(name)) {
            return Some(match bare_env {
                true => Verdict::new(Role::Fallback, High).variable(&name.to_ascii_uppercase()),
                false => Verdict::new(Role::Define, High).variable(name),
            });
        }
        if let Some(name) =
            name_argument(code, open, value.from).or_else(|| option_name(code, open, value.from))
        {
            return Some(Verdict::new(Role::Define, High).variable(name));
        }
    }
    let mut outer = Value { is_number: false, ..Value::bracket(code, open) };
    if let Some(callee) = code.callee(open) {
        outer.from = code.chain_start(callee);
    }
    match climb(code, &mut outer) {
        Slot::Named(name, _) | Slot::Entry(name, _, _) if names::is_port(name) => {
            Some(Verdict::new(Role::Define, Medium).variable(name))
        }
        // `PORT: port({ default: 3000 })`, `option("port", { default: 3000 })`
        Slot::Argument(open) => {
            let callee = code.callee(open)?;
            if let Some(name) = name_argument(code, open, outer.from) {
                return Some(Verdict::new(Role::Define, High).variable(name));
            }
            let mut call = Value::bracket(code, open);
            call.from = code.chain_start(callee);
            match climb(code, &mut call) {
                Slot::Entry(name, _, _) if names::is_port(name) && names::is_screaming(name) => {
                    Some(Verdict::new(Role::Fallback, High).variable(name))
                }
                Slot::Entry(name, _, _) | Slot::Named(name, _) if names::is_port(name) => {
                    Some(Verdict::new(Role::Define, Medium).variable(name))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The variable that an entry beside a default names: `env: "PORT"`.
pub(super) fn sibling_variable<'t>(code: &Code<'t>, open: usize, near: usize) -> Option<&'t str> {
    let names = ["env", "envvar", "env_var", "envVar", "validation_alias", "alias", "environment_variable"];
    let at = code.sibling(open, near, &names)?;
    let at = if code.is(at, "[") { at + 1 } else { at };
    // `alias: 'p'` is a letter of the command line.
    code.string(at).filter(|name| name.len() > 1 && !name.contains(' '))
}

/// The port among the names that an option of the command line has:
/// `names = {"-p", "--port"}`, `Name: "port"`.
pub(super) fn option_name<'t>(code: &Code<'t>, open: usize, near: usize) -> Option<&'t str> {
    let at = code.sibling(open, near, &["names", "name", "Name"])?;
    let end = if code.is_any(at, &["{", "["]) { code.partner(at)?.min(at + 12) } else { at + 1 };
    let is_name = |name: &&str| is_key(name) && names::is_port(name);
    (at..end).filter_map(|at| code.string(at)).find(is_name).map(|name| name.trim_start_matches('-'))
}

/// The name of the flag that a chain of calls describes: of
/// `app.Flag("port", …).Default("9717")`, where `callee` is `Default`.
pub(super) fn flag_of<'t>(code: &Code<'t>, callee: usize) -> Option<&'t str> {
    if !matches!(code.word(callee)?, "Default" | "default" | "default_value" | "defaultValue") {
        return None;
    }
    let start = code.chain_start(callee);
    (start..callee).take(64).find_map(|at| {
        let is_flag = code
            .word(at)
            .is_some_and(|name| matches!(name, "Flag" | "Option" | "Arg" | "option" | "flag" | "arg"));
        let is_name = is_flag && (code.is(at + 1, "(") || code.is(at + 1, "::") && code.is(at + 3, "("));
        let open = if code.is(at + 1, "(") { at + 1 } else { at + 3 };
        code.string(open + 1).filter(|name| is_name && is_key(name))
    })
}

/// The field that the attribute around a bracket is about.
fn attribute_field<'t>(code: &Code<'t>, open: usize) -> Option<&'t str> {
    let bracket = code.parent(open).filter(|&at| code.is(at, "[") && at > 0 && code.is(at - 1, "#"))?;
    let close = code.partner(bracket)?;
    (close + 1..close + 8).find_map(|at| code.word(at).filter(|_| code.is(at + 1, ":")))
}

/// The name of a port among the strings that stand before an argument.
pub(super) fn name_argument<'t>(code: &Code<'t>, open: usize, before: usize) -> Option<&'t str> {
    let from = before.saturating_sub(16).max(open + 1);
    (from..before).rev().find_map(|at| {
        let text = code.string(at).filter(|_| code.parent(at) == Some(open))?;
        if !code.is(at + 1, ",") || text.len() > 60 {
            return None;
        }
        // `-p, --port <port>`
        text.split([',', ' ', '=', '|'])
            .find(|word| is_key(word) && names::is_port(word))
            .filter(|word| word.starts_with('-') || !text.contains(' '))
    })
}

pub(super) fn is_key(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}
