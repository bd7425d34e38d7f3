//! The word that the services of one project begin with: people leave it out
//! (`Sonar` is `blog-sonar`, beside `blog-user` and `blog-gateway`).

use std::collections::{BTreeMap, BTreeSet};

use crate::readers::words::words_of;

/// How many services must share a word.
const FEWEST: usize = 3;

/// The words that most names begin with: at least three, and two of three.
pub(super) fn shared_prefixes<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let names: BTreeSet<&str> = names.collect();
    let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
    for name in &names {
        let mut words = words_of(name).into_iter();
        // A name of one word has nothing left when that is taken away.
        if let (Some(first), Some(_)) = (words.next(), words.next()) {
            *firsts.entry(first).or_default() += 1;
        }
    }
    let is_shared = |count: usize| count >= FEWEST && count * 3 >= names.len() * 2;
    firsts.into_iter().filter(|(_, count)| is_shared(*count)).map(|(first, _)| first).collect()
}

/// A name without the word that its project's services begin with.
pub(super) fn without_prefix(name: &str, prefixes: &BTreeSet<String>) -> Option<String> {
    let words = words_of(name);
    let (first, rest) = words.split_first()?;
    (prefixes.contains(first) && !rest.is_empty()).then(|| rest.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(names: &[&str]) -> Vec<Option<String>> {
        let prefixes = shared_prefixes(names.iter().copied());
        names.iter().map(|name| without_prefix(name, &prefixes)).collect()
    }

    #[test]
    fn a_word_that_most_begin_with_is_left_out() {
        let expected = [Some("user".to_owned()), Some("es01".to_owned()), None, Some("db".to_owned())];
        assert_eq!(short(&["blog-user", "blog_es01", "zipkin", "blog-db"]), expected);
    }

    #[test]
    fn a_word_of_a_few_tells_them_apart() {
        assert_eq!(short(&["user-api", "user-db", "shop-api", "shop-db"]), [None, None, None, None]);
        assert_eq!(short(&["shop", "shop-db", "shop-api"]), [None, None, None]);
    }
}
