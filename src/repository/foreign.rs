//! Words of other languages for the parts that most systems have.

use std::borrow::Cow;

/// What the parts of a system are called, and the English word.
const PARTS: &[(&str, &str)] = &[
    ("后端", "backend"),
    ("後端", "backend"),
    ("バックエンド", "backend"),
    ("백엔드", "backend"),
    ("бэкенд", "backend"),
    ("бекенд", "backend"),
    ("前端", "frontend"),
    ("フロントエンド", "frontend"),
    ("프론트엔드", "frontend"),
    ("фронтенд", "frontend"),
    ("数据库", "database"),
    ("資料庫", "database"),
    ("データベース", "database"),
    ("데이터베이스", "database"),
    ("база данных", "database"),
    ("banco de dados", "database"),
    ("base de datos", "database"),
    ("base de données", "database"),
    ("datenbank", "database"),
    ("网关", "gateway"),
];

/// A name with the words for parts of a system in English, and lower case
/// where there was one to put there.
pub(super) fn in_english(name: &str) -> Cow<'_, str> {
    if name.is_ascii() && !name.contains(['D', 'd']) {
        return Cow::Borrowed(name);
    }
    let mut english = Cow::Borrowed(name);
    for (word, part) in PARTS {
        let lower = english.to_lowercase();
        if lower.contains(word) {
            english = Cow::Owned(lower.replace(word, &format!(" {part} ")));
        }
    }
    english
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_system_have_english_names() {
        for (name, expected) in [
            ("后端API", " backend api"),
            ("Banco de Dados", " database "),
            ("Бэкенд", " backend "),
            ("Order Database", "Order Database"),
            ("api", "api"),
        ] {
            assert_eq!(in_english(name), expected, "{name}");
        }
    }
}
