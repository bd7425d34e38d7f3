//! The view at several sizes, and what its keys do.

use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;

use super::*;
use crate::model::Port;

fn port(service: &str, number: u16, state: &'static str) -> PortStatus {
    let is_up = state != "down";
    PortStatus {
        project: "shop".to_owned(),
        checkout: "main".to_owned(),
        service: Some(service.to_owned()),
        port: Port::new(number),
        protocol: "tcp",
        state,
        pid: is_up.then_some(u32::from(number) + 40_000),
        command: is_up.then(|| format!("python -m shop.{service} --port {number} --with many --other words")),
        address: is_up.then(|| "127.0.0.1".to_owned()),
        health: (state == "up").then(|| "ok".to_owned()),
        elsewhere: Vec::new(),
        note: (state == "foreign").then(|| "it is not of this project".to_owned()),
    }
}

fn few() -> MachineStatus {
    let ports = vec![
        port("web", 4101, "down"),
        port("api", 4100, "up"),
        port("evil\u{1b}[2J", 4103, "foreign"),
        port("a-service-with-a-very-long-name", 4102, "up"),
    ];
    MachineStatus { ports, ..MachineStatus::default() }
}

fn many() -> MachineStatus {
    let ports = (0..1000).map(|index| port(&format!("service-{index}"), 20_000 + index, "down"));
    MachineStatus { ports: ports.collect(), ..MachineStatus::default() }
}

fn view(seen: MachineStatus) -> View {
    View::new(seen, Duration::from_secs(2), &Appearance::PLAIN)
}

/// What a terminal of that size shows, without the spaces at the ends of lines.
fn drawn(view: &mut View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("it cannot fail");
    terminal.draw(|frame| view.draw(frame.area(), frame.buffer_mut())).expect("it cannot fail");
    let buffer = terminal.backend().buffer();
    let line = |y: u16| {
        let cells = (0..width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>().trim_end().to_owned()
    };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

fn press(view: &mut View, keys: &str) {
    for letter in keys.chars() {
        let code = match letter {
            '\n' => KeyCode::Enter,
            '\u{1b}' => KeyCode::Esc,
            '\u{8}' => KeyCode::Backspace,
            letter => KeyCode::Char(letter),
        };
        assert_eq!(view.press(KeyEvent::new(code, KeyModifiers::NONE)), After::Nothing, "{letter:?}");
    }
}

#[test]
fn it_is_whole_at_80_by_24() {
    let expect = "\u{20}shop: 1 foreign, 2 up, 1 down                           by priority, every 2 s
  SERVICE                   PORT  STATE      PID  HEALTH  COMMAND
> web                       4101  down
  api                       4100  up       44100  ok      python -m shop.api --p
  evil\\u{1b}[2J             4103  foreign  44103          python -m shop.evil\\u{
  a-service-with-a-very-l~  4102  up       44102  ok      python -m shop.a-servi














────────────────────────────────────────────────────────────────────────────────
 web 4101/tcp: down

 ↑↓ choose  / filter  s sort  r look now  Ctrl-Z suspend  q quit";
    assert_eq!(drawn(&mut view(few()), 80, 24), expect);
}

#[test]
fn it_is_of_use_at_40_by_10_and_harmless_below() {
    let found = drawn(&mut view(few()), 40, 10);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["SERVICE", "PORT", "STATE"]);
    assert_eq!(lines[3].split_whitespace().collect::<Vec<_>>(), ["api", "4100", "up"]);
    assert!(lines[9].contains("q quit"), "{found}");
    for (width, height) in [(1, 1), (2, 2), (5, 3), (10, 4), (300, 100)] {
        drawn(&mut view(many()), width, height);
        drawn(&mut view(MachineStatus::default()), width, height);
    }
}

#[test]
fn it_follows_the_chosen_port_through_a_thousand() {
    let mut view = view(many());
    assert!(drawn(&mut view, 80, 24).contains("> service-0 "));
    view.press(KeyEvent::new(KeyCode::End, KeyModifiers::NONE));
    assert!(drawn(&mut view, 80, 24).contains("> service-999 "));
    press(&mut view, "kk");
    assert!(drawn(&mut view, 40, 10).contains("> service-997 "));
    press(&mut view, "gj");
    assert!(drawn(&mut view, 80, 24).contains("> service-1 "));
    view.press(KeyEvent::new(KeyCode::PageDown, KeyModifiers::NONE));
    assert!(drawn(&mut view, 80, 24).contains("> service-18 "));
    let mut fewer = many();
    fewer.ports.remove(18);
    view.update(Ok(fewer));
    assert!(drawn(&mut view, 80, 24).contains("> service-19 "), "its place is taken by the next");
}

#[test]
fn a_filter_is_typed_kept_and_cleared() {
    let mut view = view(few());
    press(&mut view, "/fozz\u{8}\u{8}re");
    let found = drawn(&mut view, 80, 24);
    assert!(found.contains("> evil") && !found.contains("api"), "{found}");
    assert!(found.contains("/fore_  1 of 4"), "{found}");
    press(&mut view, "\n");
    assert!(drawn(&mut view, 80, 24).contains("/fore  1 of 4  Esc clears"));
    press(&mut view, "\u{1b}");
    assert!(drawn(&mut view, 80, 24).contains("> evil"), "what was chosen stays so");
    press(&mut view, "\u{1b}\u{1b}");
    assert_eq!(view.press(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE)), After::Quit);
    press(&mut view, "/nothing");
    assert!(drawn(&mut view, 80, 24).contains("no port is like that"));
    press(&mut view, &"x".repeat(500));
    assert!(view.filter.len() <= 100);
}

#[test]
fn ports_are_sorted_by_name_by_number_and_by_what_wants_to_be_seen() {
    let mut view = view(few());
    let first = |view: &mut View| {
        let found = drawn(view, 80, 24);
        let line = found.lines().nth(2).unwrap_or("").trim_start_matches('>').trim().to_owned();
        line.split(' ').next().unwrap_or("").to_owned()
    };
    let mut firsts = Vec::new();
    for _ in 0..4 {
        press(&mut view, "s");
        firsts.push(first(&mut view));
    }
    assert_eq!(firsts, ["a-service-with-a-very-l~", "api", "evil\\u{1b}[2J", "web"]);
}

#[test]
fn a_look_that_fails_is_said_and_the_last_one_stays() {
    let mut view = view(few());
    view.update(Err(Failure::new("io", "the ledger is gone\u{1b}")));
    for (width, height) in [(80, 24), (40, 10)] {
        let found = drawn(&mut view, width, height);
        assert!(found.contains("the last look failed: the") && found.contains("api"), "{found}");
    }
    view.update(Ok(few()));
    assert!(!drawn(&mut view, 80, 24).contains("failed"));
}

#[test]
fn colours_are_there_only_where_they_are_wanted() {
    let colours = |colour: bool| {
        let appearance = Appearance { colour, ..Appearance::PLAIN };
        let mut view = View::new(few(), Duration::from_secs(2), &appearance);
        let area = Rect::new(0, 0, 80, 24);
        let mut buffer = Buffer::empty(area);
        view.draw(area, &mut buffer);
        buffer.content().iter().filter(|cell| cell.fg != Color::Reset).count()
    };
    assert_eq!(colours(false), 0);
    assert!(colours(true) > 0);
}

#[test]
fn keys_end_suspend_and_look() {
    let mut view = view(few());
    let control = |letter: char| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
    assert_eq!(view.press(control('c')), After::Quit);
    assert_eq!(view.press(control('z')), After::Suspend);
    for (letter, expect) in [('q', After::Quit), ('r', After::Look)] {
        assert_eq!(view.press(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)), expect);
    }
    press(&mut view, "/q");
    assert_eq!(view.press(control('c')), After::Quit, "while typing, too");
}
