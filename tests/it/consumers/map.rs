//! The page of `map --format html`, opened in headless Chromium and used as
//! people do: by eye, by keyboard, without script, on paper, on a phone.

use serde_json::Value;

use super::tools::{Tools, done, json};
use super::workspace::Workspace;

/// Opens a page, uses it, prints what it found.
const SCRIPT: &str = include_str!("map.js");

/// The largest page of 1,000 services, in bytes.
const LARGEST: usize = 300_000;

/// What Chromium and axe say of the page of a table; `None` where there is no browser.
fn opened(name: &str, table: &str) -> Option<Value> {
    let tools = Tools::find()?;
    let chromium = tools.installed("chromium")?;
    let workspace = Workspace::new(table);
    let page = workspace.portgen(&["map", "--format", "html"]);
    assert!(page.len() < LARGEST, "{name}: {} bytes", page.len());
    workspace.write("map.html", &page);
    workspace.write("map.js", SCRIPT);
    let mut command = tools.node_file(&workspace.path("map.js"));
    command.arg("--").arg(chromium).arg(workspace.path("map.html"));
    if let Some(folder) = std::env::var_os("PORTGEN_SCREENSHOTS") {
        let folder = std::path::Path::new(&folder).join(name);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        command.arg(folder);
    }
    Some(json(&done(&mut command)))
}

/// What holds of every page.
fn check(report: &Value, rows: usize) {
    let used = &report["used"];
    assert_eq!((&used["requests"], &used["complaints"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(used["dialogs"], 0);
    assert_eq!((&used["all"], &used["cleared"]), (&rows.into(), &rows.into()), "{used}");
    assert_eq!((&used["skip"], &used["find"]), (&"#ports".into(), &"find".into()));
    assert!(used["filtered"].as_u64().is_some_and(|count| count > 0), "{used}");
    assert!(used["said"].as_str().is_some_and(|said| said.ends_with(&format!(" of {rows}"))), "{used}");
    assert_eq!(used["stops"], 1, "one stop of the Tab key a picture: {used}");
    let keys = used["keys"].as_array().expect("what had the focus");
    assert!(keys[0] == keys[2] && keys[0] != keys[1], "{keys:?}");
    assert_eq!(keys[0].as_str(), keys[3].as_str().map(|id| format!("#{id}")).as_deref(), "{keys:?}");
    let without = &report["without"];
    assert_eq!((&without["form"], &without["rows"]), (&false.into(), &rows.into()), "{without}");
    assert_eq!((&report["print"]["form"], &report["print"]["rows"]), (&false.into(), &rows.into()));
    for (how, judged) in report["judged"].as_object().expect("a report a viewport") {
        assert_eq!(judged["violations"], serde_json::json!([]), "{how}");
        assert_eq!(judged["overflow"], 0, "{how}");
    }
}

/// Ten services and everything that a map may show of files.
fn ten() -> String {
    let mut table = String::from(
        "[project]\nname = \"shop\"\nrange = \"4000-4999\"\n\
         [ranges.web]\ntitle = \"Web <script>alert(1)</script>\"\nports = \"4100-4199\"\ndescription = \"What people see\"\n\
         [ranges.data]\ntitle = \"Data\"\nports = \"4300-4499\"\n\
         [[reserved]]\nports = \"4150-4159\"\nowner = \"the print shop\"\nreason = \"its own <b>machine</b>\"\n\
         [services.auto]\nport = \"auto\"\nrange = \"data\"\n",
    );
    let ports = [4100, 4101, 4101, 4177, 4300, 4310, 4320, 4499, 4001, 9090];
    for (index, port) in ports.iter().enumerate() {
        let range = match port {
            4100..4200 => "range = \"web\"\n",
            4300..4500 => "range = \"data\"\n",
            _ => "",
        };
        table += &format!(
            "[services.service-{index}]\ntitle = \"Number {index} & <b>co</b>\"\nport = {port}\n{range}"
        );
    }
    table
}

#[test]
fn a_page_of_ten_services_is_usable_and_accessible() {
    let Some(report) = opened("10", &ten()) else { return };
    check(&report, 10);
    assert_eq!(report["without"]["title"], "shop");
}

#[test]
fn a_page_of_a_thousand_services_is_usable_and_small() {
    let mut table = String::from("[project]\nname = \"large\"\n");
    for range in 0..10 {
        let first = 20_000 + range * 500;
        table +=
            &format!("[ranges.r{range}]\ntitle = \"Range {range}\"\nports = \"{first}-{}\"\n", first + 299);
    }
    for index in 0..1000 {
        let (range, place) = (index / 100, index % 100);
        let port = 20_000 + range * 500 + place * 5 / 2;
        table +=
            &format!("[services.team-{range}-service-{place:03}]\nport = {port}\nrange = \"r{range}\"\n");
    }
    let Some(report) = opened("1000", &table) else { return };
    check(&report, 1000);
}
