//! States of a hasher: what is taken is what would be given, and the hasher goes on from it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_merkle::FileHasher;

fuzz_target!(|input: (Vec<u8>, Vec<u8>, u16)| {
    let (state, more, cut) = input;
    if let Ok(mut hasher) = FileHasher::resume(&state) {
        assert_eq!(hasher.suspend().expect("what was resumed"), state);
        hasher.update(&more);
        let _ = hasher.finish();
    }
    let mut straight = FileHasher::new();
    straight.update(&more);
    let (first, second) = more.split_at(usize::from(cut).min(more.len()));
    let mut hasher = FileHasher::new();
    hasher.update(first);
    let mut hasher = FileHasher::resume(&hasher.suspend().expect("small")).expect("of ours");
    hasher.update(second);
    assert_eq!(hasher.finish().map(|file| file.root), straight.finish().map(|file| file.root));
});
