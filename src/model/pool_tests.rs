//! Tests of the pool: the seven promises of a port registry, what a refusal
//! says, and a comparison with the plainest model that could be right.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::PortRange;

fn port(number: u16) -> Port {
    Port::new(number).expect("a port")
}

fn set(text: &str) -> PortSet {
    text.split(", ").map(|range| PortRange::parse(range).expect("a range")).collect()
}

fn registry() -> Pool {
    Pool::new("range registry", set("50000-51000"))
}

fn allocate(pool: &mut Pool) -> u16 {
    pool.allocate("api").expect("a free port").get()
}

#[test]
fn allocates_starting_at_50000() {
    assert_eq!(allocate(&mut registry()), 50000);
}

#[test]
fn allocates_sequentially() {
    let mut pool = registry();
    assert_eq!([(); 3].map(|()| allocate(&mut pool)), [50000, 50001, 50002]);
}

#[test]
fn reuses_released_ports() {
    let mut pool = registry();
    assert_eq!([(); 3].map(|()| allocate(&mut pool)), [50000, 50001, 50002]);
    assert_eq!(pool.release(port(50001)), Released::Freed);
    assert_eq!([(); 2].map(|()| allocate(&mut pool)), [50001, 50003]);
}

#[test]
fn fails_when_the_range_is_exhausted() {
    let mut pool = registry();
    let given: BTreeSet<u16> = (0..1001).map(|_| allocate(&mut pool)).collect();
    assert_eq!(given, (50000..=51000).collect());
    let error = pool.allocate("one more").expect_err("1001 ports are all there are");
    assert_eq!(error.to_string(), "no free port in 50000-51000 (range registry): 1001 of 1001 are taken");
    assert_eq!(pool.release(port(50500)), Released::Freed);
    assert_eq!(allocate(&mut pool), 50500);
}

#[test]
fn releasing_a_port_that_nobody_has_changes_nothing() {
    let mut pool = registry();
    assert_eq!(pool.release(port(50000)), Released::WasFree);
    assert_eq!(pool.release(port(80)), Released::WasFree);
    assert_eq!(pool.free_count(), 1001);
    assert_eq!(allocate(&mut pool), 50000);
}

#[test]
fn a_dead_port_is_not_given_again() {
    let mut pool = registry();
    let first = allocate(&mut pool);
    pool.mark_dead(port(first), "EADDRINUSE");
    assert_eq!(pool.release(port(first)), Released::StaysDead);
    assert_eq!(allocate(&mut pool), 50001);
    let refusal = pool.request(port(first), "api").expect_err("it is dead");
    assert_eq!(refusal.to_string(), "port 50000 is dead: EADDRINUSE");
}

#[test]
fn a_dead_port_is_skipped_until_it_is_revived() {
    let mut pool = registry();
    pool.mark_dead(port(50000), "EADDRINUSE");
    assert_eq!(allocate(&mut pool), 50001);
    assert!(pool.revive(port(50000)));
    assert!(!pool.revive(port(50000)));
    assert_eq!(allocate(&mut pool), 50000);
}

#[test]
fn a_refusal_says_why() {
    let mut pool = Pool::new("range mcp", set("9000-9099"));
    let reserved = PassedOver::Reserved { owner: Some("ops".into()), reason: Some("monitoring".into()) };
    pool.pass_over(set("9090-9099"), reserved);
    pool.pass_over(set("9001"), PassedOver::Blocked);
    pool.take(port(9000), "ticketing-mcp");
    let mut check = |number, expect: Result<(), &str>| {
        let answer = pool.request(port(number), "new").map_err(|refusal| refusal.to_string());
        assert_eq!(answer, expect.map_err(str::to_owned), "{number}");
    };
    check(9100, Err("port 9100 is outside range mcp (9000-9099)"));
    check(9000, Err("port 9000 is taken by ticketing-mcp"));
    check(9095, Err("port 9095 is reserved for ops: monitoring"));
    check(9001, Err("port 9001 is one that browsers refuse to fetch from"));
    check(9002, Ok(()));
    check(9002, Err("port 9002 is taken by new"));
}

#[test]
fn exhaustion_counts_each_port_once() {
    let mut pool = Pool::new("range r", set("1022-1025, 1024-1026"));
    pool.pass_over(set("1-1023"), PassedOver::Privileged);
    pool.take(port(1023), "a");
    pool.take(port(1024), "a");
    pool.take(port(4000), "elsewhere");
    pool.mark_dead(port(1025), "refused");
    pool.mark_dead(port(1026), "refused");
    let error = pool.allocate("b").expect_err("nothing is left");
    assert_eq!(
        error.to_string(),
        "no free port in 1022-1025, 1024-1026 (range r): 2 of 5 are taken, 2 dead, 1 reserved or otherwise passed over"
    );
    assert_eq!(pool.release(port(1023)), Released::Freed);
    assert_eq!(pool.lowest_free(), None, "a privileged port is passed over, released or not");
    let none = Pool::new("range none", PortSet::default()).allocate("b").expect_err("no ports");
    assert_eq!(none.to_string(), "no free port in range none: it has no ports");
}

#[test]
fn a_search_can_begin_at_a_preferred_number() {
    let mut pool = Pool::new("range r", set("60-70"));
    pool.take(port(64), "a");
    let from = |pool: &Pool, number| pool.lowest_free_from(port(number)).map(Port::get);
    assert_eq!(from(&pool, 1), Some(60));
    assert_eq!(from(&pool, 64), Some(65));
    assert_eq!(from(&pool, 70), Some(70));
    assert_eq!(from(&pool, 71), None);
}

/// What may be done to a pool.
#[derive(Clone, Debug)]
enum Step {
    Allocate,
    Request(u16),
    Release(u16),
    Kill(u16),
    Revive(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let number = 95_u16..=235;
    prop_oneof![
        Just(Step::Allocate),
        number.clone().prop_map(Step::Request),
        number.clone().prop_map(Step::Release),
        number.clone().prop_map(Step::Kill),
        number.prop_map(Step::Revive),
    ]
}

/// The plainest pool: two sets, and a search from the bottom.
#[derive(Default)]
struct Naive {
    taken: BTreeSet<u16>,
    dead: BTreeSet<u16>,
}

impl Naive {
    fn is_free(&self, number: u16) -> bool {
        let inside = (100..=229).contains(&number) && !(120..=125).contains(&number);
        inside && !self.taken.contains(&number) && !self.dead.contains(&number)
    }

    fn apply(&mut self, step: &Step) -> Option<u16> {
        match *step {
            Step::Allocate => {
                let lowest = (100..=229).find(|&number| self.is_free(number))?;
                self.taken.insert(lowest);
                return Some(lowest);
            }
            Step::Request(number) => {
                return (self.is_free(number) && self.taken.insert(number)).then_some(number);
            }
            Step::Release(number) => return self.taken.remove(&number).then_some(number),
            Step::Kill(number) => {
                self.taken.remove(&number);
                self.dead.insert(number);
            }
            Step::Revive(number) => return self.dead.remove(&number).then_some(number),
        }
        None
    }
}

fn apply(pool: &mut Pool, step: &Step) -> Option<u16> {
    match *step {
        Step::Allocate => pool.allocate("x").ok().map(Port::get),
        Step::Request(number) => pool.request(port(number), "x").ok().map(|()| number),
        Step::Release(number) => (pool.release(port(number)) == Released::Freed).then_some(number),
        Step::Kill(number) => {
            pool.mark_dead(port(number), "x");
            None
        }
        Step::Revive(number) => pool.revive(port(number)).then_some(number),
    }
}

proptest! {
    #[test]
    fn it_does_what_the_plainest_pool_does(steps in prop::collection::vec(step(), 0..400)) {
        let mut pool = Pool::new("range r", set("100-199, 190-229"));
        pool.pass_over(set("120-125"), PassedOver::Blocked);
        let mut naive = Naive::default();
        for step in &steps {
            prop_assert_eq!(apply(&mut pool, step), naive.apply(step), "{:?}", step);
            let free = (95..=235).filter(|&number| naive.is_free(number)).count();
            prop_assert_eq!(pool.free_count(), free);
        }
        for number in 95..=235 {
            prop_assert_eq!(pool.refusal(port(number)).is_none(), naive.is_free(number));
        }
    }
}
