//! States of a file hasher: the vectors of testdata/, and resuming anywhere.

use proptest::prelude::*;
use serde::Deserialize;
use zgkit_core::Code;
use zgkit_merkle::*;
use zgkit_testdata::{Bytes, Pattern, load};

#[derive(Deserialize)]
struct Vectors {
    honest: Vec<Honest>,
    refused: Vec<Refused>,
    largest: Bytes,
}

#[derive(Deserialize)]
struct Honest {
    pattern: Pattern,
    size: usize,
    at: usize,
    state: Bytes,
    root: Bytes,
}

#[derive(Deserialize)]
struct Refused {
    what: String,
    state: Bytes,
}

fn vectors() -> Vectors {
    load("merkle/hasher_states.json")
}

fn hasher_of(bytes: &[u8]) -> FileHasher {
    let mut hasher = FileHasher::new();
    hasher.update(bytes);
    hasher
}

#[test]
fn states_are_those_of_the_vectors_and_lead_to_the_root() {
    let cases = vectors().honest;
    assert_eq!(cases.len(), 22);
    for Honest { pattern, size, at, state, root } in cases {
        let file = pattern.bytes(size);
        let hasher = hasher_of(&file[..at]);
        assert_eq!(hasher.suspend().unwrap(), state.0, "{at} of {size}");
        let mut resumed = FileHasher::resume(&state.0).unwrap();
        assert_eq!(resumed.suspend().unwrap(), state.0, "{at} of {size}, again");
        resumed.update(&file[at..]);
        let summary = resumed.finish().unwrap();
        assert_eq!(summary.root, root.hash(), "{at} of {size}");
        // The one that was suspended goes on as if nothing had been.
        let mut hasher = hasher;
        hasher.update(&file[at..]);
        assert_eq!(hasher.finish().unwrap(), summary);
    }
}

#[test]
fn what_is_no_state_is_refused() {
    let cases = vectors().refused;
    assert_eq!(cases.len(), 23);
    for Refused { what, state } in cases {
        assert_eq!(FileHasher::resume(&state.0).unwrap_err().code, Code::StateFormat, "{what}");
    }
}

#[test]
fn the_largest_state_is_read_and_is_the_last_one() {
    let largest = vectors().largest.0;
    assert_eq!(largest.len(), 1751);
    let mut hasher = FileHasher::resume(&largest).unwrap();
    assert_eq!(hasher.suspend().unwrap(), largest);
    hasher.update(&[0]);
    assert_eq!(hasher.suspend().unwrap_err().code, Code::Range);
    assert_eq!(hasher.finish().unwrap().layout.size, 1 << 53);
}

#[test]
fn a_hasher_that_saw_nothing_can_be_suspended() {
    let resumed = FileHasher::resume(&FileHasher::new().suspend().unwrap()).unwrap();
    assert_eq!(resumed.finish().unwrap_err().code, Code::EmptyInput);
}

proptest! {
    #[test]
    fn suspended_anywhere_equals_one_pass(size in 1usize..1_200_000, cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let file: Vec<u8> = (0..size).map(|i| (i % 251 + 1) as u8).collect();
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(size + 1)).collect();
        places.sort_unstable();
        let (mut hasher, mut done) = (FileHasher::new(), 0);
        for place in places {
            hasher.update(&file[done..place]);
            let state = hasher.suspend().unwrap();
            prop_assert_eq!(&state, &hasher_of(&file[..place]).suspend().unwrap());
            hasher = FileHasher::resume(&state).unwrap();
            done = place;
        }
        hasher.update(&file[done..]);
        prop_assert_eq!(hasher.finish().unwrap(), hasher_of(&file).finish().unwrap());
    }

    #[test]
    fn any_flipped_bit_of_a_state_is_refused(size in 0usize..5_000, bit in any::<prop::sample::Index>()) {
        let mut state = hasher_of(&vec![7; size]).suspend().unwrap();
        let bit = bit.index(state.len() * 8);
        state[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(FileHasher::resume(&state).unwrap_err().code, Code::StateFormat);
    }
}
