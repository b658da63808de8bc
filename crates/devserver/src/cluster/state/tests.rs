use super::*;

const PACE: Pace = Pace {
    detection: Duration::from_secs(2),
    joining: Duration::from_secs(1),
    migration: Duration::from_secs(4),
};

fn masters(state: &State, node: usize) -> usize {
    (0..PARTITIONS).filter(|&partition| state.table.master(partition) == Some(node)).count()
}

#[test]
fn a_dead_node_keeps_its_partitions_until_the_others_notice() {
    let start = Instant::now();
    let mut state = State::formed(3, 2, &[], PACE, start);
    let before = masters(&state, 2);
    assert!(before > 1000);
    assert_eq!(state.stop(2, start), Vec::<usize>::new());
    assert_eq!(state.tick(start), Some(start + PACE.detection));
    assert_eq!((masters(&state, 2), state.views[0].peers_generation), (before, 4));
    assert!(!state.is_whole());

    state.tick(start + PACE.detection);
    assert_eq!((masters(&state, 2), state.views[0].peers_generation), (0, 5));
    assert!(state.is_whole());
    assert_eq!(state.views[0].peers, 0b010);
}

#[test]
fn generations_move_with_every_partition() {
    let start = Instant::now();
    let mut state = State::formed(3, 2, &[], PACE, start);
    state.stop(2, start);
    let noticed = start + PACE.detection;
    state.tick(noticed);
    let first = state.views[0].partition_generation;
    state.tick(noticed + PACE.migration / 2);
    let half = state.views[0].partition_generation;
    assert_eq!(state.tick(noticed + PACE.migration), None);
    let end = state.views[0].partition_generation;
    assert!(first < half && half < end, "{first} {half} {end}");
    assert!(end > 2000, "{end}");
}

#[test]
fn what_nobody_holds_is_lost_and_nothing_else() {
    let now = Instant::now();
    let mut state = State::formed(2, 1, &[], PACE, now);
    let owned: Vec<_> = (0..PARTITIONS).filter(|&p| state.table.master(p) == Some(0)).collect();
    assert_eq!(state.stop(0, now), owned);

    let mut state = State::formed(3, 2, &[], PACE, now);
    assert!(state.stop(0, now).is_empty());
    // Before the cluster has made new copies, a second failure takes what only those two had.
    assert!(!state.stop(1, now).is_empty());

    let mut state = State::formed(3, 2, &[], PACE, now);
    state.stop(0, now);
    state.tick(now + PACE.detection);
    state.tick(now + PACE.detection + PACE.migration);
    assert!(state.stop(1, now).is_empty());
}

#[test]
fn a_node_that_starts_is_alone_until_it_has_joined() {
    let now = Instant::now();
    let mut state = State::formed(2, 2, &[], PACE, now);
    state.stop(1, now);
    state.tick(now + PACE.detection);
    state.tick(now + PACE.detection + PACE.migration);
    let again = now + Duration::from_secs(60);
    state.start(1, again);
    state.tick(again);
    assert_eq!((state.views[1].partition_generation, state.views[1].peers), (-1, 0));
    assert!(!state.serves(1, 0, false));
    state.tick(again + PACE.joining);
    assert_eq!(state.views[1].peers, 0b01);
    state.tick(again + PACE.joining + PACE.migration);
    assert!(masters(&state, 1) > 1800);
    assert!(state.stop(0, again).is_empty());
}

#[test]
fn a_restart_before_anyone_noticed_loses_the_copies_too() {
    let now = Instant::now();
    let mut state = State::formed(2, 2, &[], PACE, now);
    state.stop(1, now);
    state.start(1, now);
    state.tick(now + PACE.detection);
    assert_eq!(masters(&state, 1), 0);
    state.tick(now + PACE.detection + PACE.migration);
    assert!(masters(&state, 1) > 1800);
}

#[test]
fn partitions_of_a_frozen_node_alone_wait_for_it() {
    let now = Instant::now();
    let mut state = State::formed(2, 1, &[], PACE, now);
    let partition = (0..PARTITIONS).find(|&p| state.table.master(p) == Some(1)).unwrap();
    state.freeze(1, now);
    assert!(!state.serves(0, partition, false));
    state.tick(now + PACE.detection);
    state.tick(now + PACE.detection + PACE.migration);
    assert!(!state.serves(0, partition, false));
    state.thaw(1, now + Duration::from_secs(60));
    state.tick(now + Duration::from_secs(61));
    assert!(state.serves(0, partition, true));
    assert!(state.is_whole());
}

#[test]
fn a_replica_reads_for_a_master_that_is_gone() {
    let now = Instant::now();
    let mut state = State::formed(3, 2, &[], PACE, now);
    let partition = 7;
    let owners: Vec<_> = state.table.owners(partition).collect();
    let other = (0..3).find(|node| !owners.contains(node)).unwrap();
    state.stop(owners[0], now);
    assert!(state.serves(owners[1], partition, false));
    assert!(!state.serves(owners[1], partition, true));
    assert!(!state.serves(other, partition, false));
}
