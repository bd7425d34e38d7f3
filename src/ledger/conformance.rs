//! What every backend must do, run over each of them.

use std::path::PathBuf;

use super::record::{
    Assignment, AssignmentId, Checkout, CheckoutId, DeadPort, Declaration, Grant, GrantId, Holder,
    KnownProject, Lease, Moment, Origin, ProjectId,
};
use super::{Change, Ledger, LedgerError, MemoryLedger, SqliteLedger, State, Trouble, decide};
use crate::model::{Port, PortRange, Protocol};

/// A backend, and what keeps its place alive.
struct Backend {
    name: &'static str,
    ledger: Box<dyn Ledger>,
    _folder: Option<tempfile::TempDir>,
}

fn backends() -> Vec<Backend> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteLedger::open_or_create(&folder.path().join("state/ledger.db")).unwrap();
    vec![
        Backend { name: "memory", ledger: Box::new(MemoryLedger::default()), _folder: None },
        Backend { name: "sqlite", ledger: Box::new(sqlite), _folder: Some(folder) },
    ]
}

fn each(check: impl Fn(&mut dyn Ledger)) {
    for mut backend in backends() {
        println!("backend {}", backend.name);
        check(backend.ledger.as_mut());
    }
}

fn port(number: u16) -> Port {
    Port::new(number).unwrap()
}

fn project(name: &str) -> KnownProject {
    KnownProject { id: ProjectId(0), name: name.into(), identity: name.into(), remote: None }
}

fn checkout(project: ProjectId, folder: &str) -> Checkout {
    Checkout {
        id: CheckoutId(0),
        project,
        folder: PathBuf::from(folder),
        label: "main".into(),
        is_first: true,
        mark: "7:1".into(),
        table: Some((PathBuf::from("ports.toml"), "12@3".into())),
    }
}

fn grant(checkout: CheckoutId, service: Option<&str>, number: u16, protocol: Protocol) -> Grant {
    Grant {
        id: GrantId(0),
        checkout,
        service: service.map(str::to_owned),
        name: "default".into(),
        port: port(number),
        protocol,
        origin: Origin::Reserved,
        purpose: Some("a test".into()),
        lease: Some(Lease { pid: 17, start: "42@boot".into() }),
        since: Moment(1_700_000_000),
    }
}

/// A ledger with one project of one checkout.
fn begun(ledger: &mut dyn Ledger) -> CheckoutId {
    decide::<_, LedgerError>(ledger, |draft| {
        let project = draft.add_project(project("shop"));
        Ok(draft.add_checkout(checkout(project, "/home/somebody/shop")))
    })
    .unwrap()
}

fn give(ledger: &mut dyn Ledger, grants: Vec<Grant>) -> Result<(), LedgerError> {
    decide(ledger, |draft| {
        grants.into_iter().for_each(|grant| {
            draft.give(grant);
        });
        Ok(())
    })
}

#[test]
fn a_new_ledger_is_empty() {
    each(|ledger| assert_eq!(ledger.read().unwrap(), State::default()));
}

#[test]
fn what_is_written_is_read_back_whole() {
    each(|ledger| {
        let id = begun(ledger);
        let wanted = decide::<_, LedgerError>(ledger, |draft| {
            let other = draft.add_project(KnownProject { remote: Some("git@x:y".into()), ..project("b") });
            draft.give(grant(id, Some("api"), 4000, Protocol::Tcp));
            draft.give(grant(id, None, 4001, Protocol::Both));
            draft.give(Grant { lease: None, purpose: None, ..grant(id, None, 4000, Protocol::Udp) });
            let declared = Declaration {
                checkout: id,
                service: "kafka".into(),
                name: "jmx".into(),
                port: port(9999),
                protocol: Protocol::Tcp,
                address: "localhost".into(),
            };
            draft.change(Change::Declare(
                id,
                vec![declared.clone(), Declaration { name: "a".into(), ..declared }],
            ));
            draft.bury(dead(5000, 1));
            draft.bury(dead(5000, 9));
            let ports = [PortRange::parse("8000-8099").unwrap(), PortRange::parse("9000").unwrap()];
            let nobody = Holder::Other { owner: Some("ops".into()), reason: None };
            draft.assign(Assignment {
                id: AssignmentId(0),
                ports: ports.into_iter().collect(),
                holder: nobody,
            });
            let ports = [PortRange::parse("5100-5199").unwrap()].into_iter().collect();
            draft.assign(Assignment { id: AssignmentId(0), ports, holder: Holder::Project(other) });
            Ok(draft.state().clone())
        })
        .unwrap();
        assert_eq!(ledger.read().unwrap(), wanted);
        let death = &wanted.dead[0];
        assert_eq!((death.first, death.last, death.count), (Moment(1), Moment(9), 2));
    });
}

fn dead(number: u16, moment: i64) -> DeadPort {
    DeadPort {
        port: port(number),
        protocol: Protocol::Tcp,
        reason: "address in use (EADDRINUSE)".into(),
        owner: None,
        first: Moment(moment),
        last: Moment(moment),
        count: 1,
    }
}

#[test]
fn a_number_is_given_once_for_a_protocol() {
    each(|ledger| {
        let id = begun(ledger);
        give(ledger, vec![grant(id, Some("api"), 4000, Protocol::Tcp)]).unwrap();
        give(ledger, vec![grant(id, Some("dns"), 4000, Protocol::Udp)]).unwrap();
        for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Both] {
            let before = ledger.read().unwrap();
            let both = vec![grant(id, Some("x"), 4001, protocol), grant(id, Some("y"), 4000, protocol)];
            let error = give(ledger, both).unwrap_err();
            assert_eq!(error.trouble, Trouble::Conflict, "{error}");
            assert_eq!(ledger.read().unwrap(), before, "granted whole or not at all");
        }
    });
}

#[test]
fn a_service_has_one_number_and_a_project_many() {
    each(|ledger| {
        let id = begun(ledger);
        give(ledger, vec![grant(id, Some("api"), 4000, Protocol::Tcp)]).unwrap();
        let error = give(ledger, vec![grant(id, Some("api"), 4001, Protocol::Tcp)]).unwrap_err();
        assert_eq!(error.trouble, Trouble::Conflict);
        give(ledger, vec![grant(id, None, 4001, Protocol::Tcp), grant(id, None, 4002, Protocol::Tcp)])
            .unwrap();
        assert_eq!(ledger.read().unwrap().grants.len(), 3);
    });
}

#[test]
fn a_decision_that_fails_writes_nothing() {
    each(|ledger| {
        let id = begun(ledger);
        let before = ledger.read().unwrap();
        let refused = decide::<(), LedgerError>(ledger, |draft| {
            draft.give(grant(id, Some("api"), 4000, Protocol::Tcp));
            Err(LedgerError::new(Trouble::Io, "", "refused"))
        });
        assert_eq!(refused.unwrap_err().message, "refused");
        assert_eq!(ledger.read().unwrap(), before);
    });
}

#[test]
fn what_is_forgotten_takes_all_it_has_with_it() {
    each(|ledger| {
        let id = begun(ledger);
        give(ledger, vec![grant(id, Some("api"), 4000, Protocol::Both)]).unwrap();
        let project = ledger.read().unwrap().projects[0].id;
        decide::<_, LedgerError>(ledger, |draft| {
            draft.change(Change::RemoveProject(project));
            Ok(())
        })
        .unwrap();
        assert_eq!(ledger.read().unwrap(), State::default());
        let id = begun(ledger);
        give(ledger, vec![grant(id, Some("api"), 4000, Protocol::Both)]).unwrap();
    });
}

#[test]
fn a_grant_ends_and_its_number_is_free() {
    each(|ledger| {
        let id = begun(ledger);
        give(ledger, vec![grant(id, Some("api"), 4000, Protocol::Both)]).unwrap();
        let held = ledger.read().unwrap().grants[0].id;
        decide::<_, LedgerError>(ledger, |draft| {
            draft.change(Change::Free(held));
            draft.give(grant(id, Some("web"), 4000, Protocol::Udp));
            Ok(())
        })
        .unwrap();
        let state = ledger.read().unwrap();
        assert!(state.owners(port(4000), Protocol::Tcp).is_empty());
        assert_eq!(state.owners(port(4000), Protocol::Udp)[0].service().as_deref(), Some("web"));
    });
}

#[test]
fn the_dead_are_revived_one_protocol_at_a_time() {
    each(|ledger| {
        decide::<_, LedgerError>(ledger, |draft| {
            draft.bury(dead(5000, 1));
            draft.bury(DeadPort { protocol: Protocol::Udp, ..dead(5000, 1) });
            draft.change(Change::Revive(port(5000), Protocol::Udp));
            Ok(())
        })
        .unwrap();
        let state = ledger.read().unwrap();
        assert_eq!(state.dead, [dead(5000, 1)]);
        assert!(state.death(port(5000), Protocol::Udp).is_none());
    });
}
