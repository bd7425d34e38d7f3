//! For any table: what is rendered reads back as the table.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::run;
use crate::target::TARGETS;

/// A service as it is declared: number, scheme, bind address, container port, title.
type Declared = (u16, &'static str, &'static str, Option<u16>, String);

fn declared() -> impl Strategy<Value = Vec<Declared>> {
    let scheme = prop_oneof![Just("http"), Just("https"), Just("tcp"), Just("udp"), Just("postgres")];
    let bind = prop_oneof![Just("localhost"), Just("0.0.0.0"), Just("::1"), Just("10.0.0.1")];
    let service = (1u16.., scheme, bind, proptest::option::of(1u16..), "[ -~äß✅]{1,20}");
    proptest::collection::vec(service, 0..12).prop_map(|mut services| {
        services.sort_by_key(|service| service.0);
        services.dedup_by_key(|service| service.0);
        services
    })
}

fn table(services: &[Declared]) -> String {
    let mut table = String::from("[project]\nname = \"any\"\n");
    for (index, (port, scheme, bind, container, title)) in services.iter().enumerate() {
        let title = serde_json::to_string(&format!("t{title}")).expect("a string");
        table += &format!("[services.s{index}]\nport = {port}\nscheme = \"{scheme}\"\nbind = \"{bind}\"\n");
        table += &format!("title = {title}\ncommand = \"run {{{{ port }}}}\"\n");
        table += &container.map(|port| format!("container-port = {port}\n")).unwrap_or_default();
        table += &format!("[services.s{index}.compose]\nimage = \"x\"\n");
    }
    table
}

/// The text of each target, by its name.
fn render_all(services: &[Declared]) -> BTreeMap<String, String> {
    let outputs = TARGETS.iter().map(|target| {
        let options = if target.id == "procfile" { "options = { ports = \"literal\" }" } else { "" };
        format!("[[output]]\npath = \"{0}\"\ntarget = \"{0}\"\nmode = \"file\"\n{options}\n", target.id)
    });
    let outcome = run(&format!("{}{}", table(services), outputs.collect::<String>()), &[]);
    assert_eq!(outcome.words(), Vec::<String>::new());
    assert_eq!(outcome.rendering.conditions, []);
    outcome.rendering.outputs.into_iter().map(|output| (output.target, output.text)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_rendered_reads_back_as_the_table(services in declared()) {
        let texts = render_all(&services);
        prop_assert_eq!(texts.len(), TARGETS.len());
        let expect: Vec<String> =
            services.iter().enumerate().map(|(index, service)| format!("S{index}_PORT={}", service.0)).collect();
        prop_assert_eq!(texts["dotenv"].lines().collect::<Vec<_>>(), expect);
        let expect: Vec<String> =
            services.iter().enumerate().map(|(index, service)| format!("s{index}: run {}", service.0)).collect();
        prop_assert_eq!(texts["procfile"].lines().collect::<Vec<_>>(), expect);
        let json: serde_json::Value = serde_json::from_str(&texts["json"]).expect("JSON");
        let yaml: serde_yaml::Value = serde_yaml::from_str(&texts["compose"]).expect("YAML");
        for (index, (port, scheme, _, container, title)) in services.iter().enumerate() {
            let entry = &json["ports"][format!("s{index}")];
            prop_assert_eq!(entry["port"].as_u64(), Some(u64::from(*port)));
            let told = entry["title"].as_str().map(str::to_owned);
            prop_assert_eq!(told, Some(format!("t{title}")));
            let published = yaml["services"][format!("s{index}").as_str()]["ports"][0].as_str();
            let protocol = if *scheme == "udp" { "/udp" } else { "" };
            let end = format!("${{S{index}_PORT:-{port}}}:{}{protocol}", container.unwrap_or(*port));
            prop_assert!(published.is_some_and(|published| published.ends_with(&end)), "{:?} {}", published, end);
            let constant = format!("S{index}_PORT: Final = {port}");
            prop_assert!(texts["python"].lines().any(|line| line == constant));
        }
    }

    #[test]
    fn no_text_has_blanks_at_the_end_of_a_line_or_two_at_its_own(services in declared()) {
        for (target, text) in render_all(&services) {
            prop_assert!(text.lines().all(|line| line.trim_end() == line), "{target}:\n{text}");
            prop_assert!(text.is_empty() || text.ends_with('\n') && !text.ends_with("\n\n"), "{target}:\n{text}");
            prop_assert!(!text.contains('\r'), "{target}:\n{text}");
        }
    }
}
