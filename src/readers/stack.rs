//! Compose files under a name of their own: `local.yml`, `stack.yml`, `deploy/swarm.yaml`.

use memchr::memmem;

use super::{FilePath, Reader, compose};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "stack",
    summary: "Compose files under other names: YAML with services that have an image or a build",
    takes,
    knows,
    read: compose::READER.read,
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["yml", "yaml"])
}

/// `services` at the top, an image or a build below it, and nothing of Kubernetes.
fn knows(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at_top = bytes.starts_with(b"services:") || memmem::find(bytes, b"\nservices:").is_some();
    let has = |words: &[u8]| memmem::find(bytes, words).is_some();
    at_top && (has(b" image:") || has(b" build:")) && !has(b"\napiVersion:")
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn services_with_an_image_are_a_compose_file_whatever_its_name() {
        let text = "services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n";
        check("local.yml", text, &["4:14 8080 Publish service=web container=80"]);
    }

    #[test]
    fn services_of_other_programs_are_none() {
        check("config/services.yaml", "services:\n  App\\Mailer:\n    arguments: ['8080:80']\n", &[]);
        check("drone.yml", "services:\n- name: db\n  image: postgres\n  ports: ['8080:80']\n", &[]);
    }
}
