//! Env files that people are told to make of a template: `cp .env.docker .env`.

/// How many are kept of one file.
const MOST: usize = 32;

/// The templates and their copies that commands of a text name.
pub fn copied(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), b".env").take(4 * MOST) {
        let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
        let end = text[at..].find('\n').map_or(text.len(), |after| at + after);
        let Some(pair) = pair(&text[start..end]) else { continue };
        if !found.contains(&pair) && found.len() < MOST {
            found.push(pair);
        }
    }
    found
}

/// The two paths of the first `cp` of a line.
fn pair(line: &str) -> Option<(String, String)> {
    let mut words = line.get(..line.len().min(400)).unwrap_or("").split([' ', '\t', '`', '"', '\'', ';', '&']);
    words.find(|word| matches!(*word, "cp" | "copy"))?;
    let mut paths = words.filter(|word| !word.is_empty() && !word.starts_with('-'));
    let (from, to) = (paths.next()?, paths.next()?.trim_end_matches([',', ')']));
    let is_env = |path: &str| path.ends_with(".env") && !path.contains(['$', '*']);
    (is_env(to) && from.contains("env") && from != to && !from.contains(['$', '*']))
        .then(|| (from.to_owned(), to.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_copy_templates() {
        let text = "1. `cp .env.docker .env` and\n$ cp -n deploy/env.sample deploy/.env && x\ncp a.env $HOME/.env\n.env\n";
        let expected = [(".env.docker", ".env"), ("deploy/env.sample", "deploy/.env")];
        let expected: Vec<(String, String)> =
            expected.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        assert_eq!(copied(text), expected);
        assert_eq!(copied(""), []);
    }
}
