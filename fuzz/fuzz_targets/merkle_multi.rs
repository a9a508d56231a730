//! Multi-proofs of anything; an honest one with changes holds only if they changed nothing.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use zgkit_merkle::{FileTree, Tree, verify_multi};

type Input = (Vec<u8>, Vec<u8>, Vec<u64>, [u64; 2], u16, u8, Vec<(u16, u8)>);

fuzz_target!(|input: Input| {
    let (data, siblings, indices, [size, length], file_size, fill, changes) = input;
    let root = [fill; 32];
    let siblings = siblings.as_chunks().0;
    assert!(verify_multi(&Tree::of_flow(root, length), indices.iter().copied(), &data, siblings).is_err());
    for tree in [Tree::of_sectors(root, size), Tree::of_segments(root, size)].into_iter().flatten() {
        assert!(verify_multi(&tree, indices.iter().copied(), &data, siblings).is_err());
    }

    let file: Vec<u8> = (0..=file_size).map(|i| fill.wrapping_mul(i as u8)).collect();
    let tree = FileTree::from_bytes(&file).expect("not empty");
    let sectors = tree.layout().sectors;
    let proven: BTreeSet<u64> = indices.iter().map(|index| index % sectors).chain([0]).collect();
    let honest = tree.prove_sectors(proven.iter().copied(), |_| &file).expect("in the file");
    let mut padded = file.clone();
    padded.resize(sectors as usize * 256, 0);
    let contents = proven.iter().flat_map(|&index| &padded[index as usize * 256..][..256]);
    let honest_data: Vec<u8> = contents.copied().collect();
    let (mut data, mut siblings) = (honest_data.clone(), honest.clone());
    for (at, change) in changes {
        let at = usize::from(at);
        if at % 2 == 0 || siblings.is_empty() {
            let place = at / 2 % data.len();
            data[place] ^= change;
        } else {
            let hash = at / 64 % siblings.len();
            siblings[hash][at / 2 % 32] ^= change;
        }
    }
    let unchanged = data == honest_data && siblings == honest;
    let trusted = Tree::of_sectors(tree.root(), file.len() as u64).expect("not empty");
    assert_eq!(verify_multi(&trusted, proven, &data, &siblings).is_ok(), unchanged);
});
