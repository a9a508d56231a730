//! Multi-proofs and range proofs: vectors, and every shape of 1 to 1025 leaves against a naive tree on another keccak.

use std::collections::BTreeSet;

use serde::Deserialize;
use zgkit_core::{Code, Isa};
use zgkit_merkle::*;
use zgkit_testdata::{Bytes, keccak, load};

const MOST: usize = 1025;

/// Sector `i` of testdata/merkle/multi_proofs.json.
fn sector(i: u64) -> [u8; 256] {
    core::array::from_fn(|byte| (i as u32 + 1).to_be_bytes()[byte % 4])
}

fn sectors(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|&number| sector(number)).collect()
}

/// A tree by its levels, each of them whole.
struct Naive {
    shape: Shape,
    levels: Vec<Vec<Hash>>,
}

impl Naive {
    fn new(shape: Shape, leaves: &[Hash]) -> Self {
        let mut zero = keccak(&[&[0; 256]]);
        let mut levels = vec![leaves.to_vec()];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let parents = level.chunks(2).map(|pair| match (pair, shape) {
                ([left, right], _) => keccak(&[left, right]),
                ([alone], Shape::File) => *alone,
                ([alone], Shape::Flow) => keccak(&[alone, &zero]),
                _ => unreachable!(),
            });
            levels.push(parents.collect());
            zero = keccak(&[&zero, &zero]);
        }
        Self { shape, levels }
    }

    fn root(&self) -> Hash {
        self.levels.last().unwrap()[0]
    }

    fn leaves(&self) -> u64 {
        self.levels[0].len() as u64
    }

    fn trusted(&self) -> Tree {
        Tree::new(self.root(), self.shape, self.leaves())
    }

    /// The definition: nodes of the tree without proven leaves below them, whose parents have some.
    fn siblings(&self, indices: &[u64]) -> Vec<Hash> {
        let mut siblings = Vec::new();
        for (height, level) in self.levels.iter().enumerate() {
            let known: BTreeSet<u64> = indices.iter().map(|index| index >> height).collect();
            let missing: BTreeSet<u64> =
                known.iter().map(|node| node ^ 1).filter(|node| !known.contains(node)).collect();
            siblings.extend(missing.into_iter().filter_map(|node| level.get(node as usize)));
        }
        siblings
    }
}

/// Hashes of sectors; the flow's first is its mark.
fn leaf_hashes(shape: Shape) -> Vec<Hash> {
    let mut leaves: Vec<Hash> = (0..MOST as u64).map(|i| keccak(&[&sector(i)])).collect();
    if shape == Shape::Flow {
        leaves[0] = [0; 32];
    }
    leaves
}

fn code(verdict: Verdict) -> Option<Code> {
    verdict.err().map(|rejection| rejection.error.code)
}

/// A small generator: what it draws follows from the seed alone.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn indices(&mut self, low: u64, leaves: u64) -> Vec<u64> {
        let most = (leaves - low).min(20);
        let count = 1 + self.below(most);
        let drawn: BTreeSet<u64> = (0..count).map(|_| low + self.below(leaves - low)).collect();
        drawn.into_iter().collect()
    }
}

#[test]
fn vectors() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        shape: String,
        leaves: u64,
        root: Bytes,
        indices: Vec<u64>,
        contents: Vec<u64>,
        #[serde(default)]
        extra: isize,
        siblings: Vec<Bytes>,
        verdict: String,
    }
    let rows: Vec<Row> = load("merkle/multi_proofs.json");
    let leaves = [leaf_hashes(Shape::File), leaf_hashes(Shape::Flow)];
    Isa::with_each(|_| {
        let (mut accepted, mut rejected) = (0, 0);
        for row in &rows {
            let shape = if row.shape == "flow" { Shape::Flow } else { Shape::File };
            let tree = Tree::new(row.root.hash(), shape, row.leaves);
            let siblings: Vec<Hash> = row.siblings.iter().map(Bytes::hash).collect();
            let mut data = sectors(&row.contents);
            data.resize(data.len().strict_add_signed(row.extra), 0);
            let verdict = verify_multi(&tree, row.indices.iter().copied(), &data, &siblings);
            let got = code(verdict).map_or("ok", Code::as_str);
            assert_eq!(got, row.verdict, "{} {} {} {:?}", row.name, row.shape, row.leaves, row.indices);
            *if got == "ok" { &mut accepted } else { &mut rejected } += 1;
            if row.name == "honest" {
                let leaves = &leaves[usize::from(shape == Shape::Flow)][..row.leaves as usize];
                let proof = prove_leaves(shape, leaves.as_flattened(), row.indices.iter().copied()).unwrap();
                assert_eq!(proof, siblings);
            }
        }
        assert_eq!((accepted, rejected), (250, 496));
    });
}

/// The ranges of a tree that are tried: all of small trees; of others those that begin and end at or beside its ends, its
/// middle and powers of two (every place with `ZGKIT_DEEP` up to 130 leaves).
fn ranges(leaves: u64, draw: &mut Draw) -> Vec<(u64, u64)> {
    let deep = std::env::var_os("ZGKIT_DEEP").is_some();
    if leaves <= if deep { 130 } else { 20 } {
        return (0..leaves).flat_map(|first| (first..leaves).map(move |last| (first, last))).collect();
    }
    let left = leaves.next_power_of_two() / 2;
    let edges = [0, 1, 2, leaves / 2, left - 1, left, left + 1, leaves - 2, leaves - 1];
    let edges: Vec<u64> = edges.into_iter().filter(|&edge| edge < leaves).collect();
    let pairs = edges.iter().flat_map(|&a| edges.iter().map(move |&b| (a, b))).filter(|(a, b)| a <= b);
    let mut pairs: Vec<_> = pairs.collect();
    if !deep {
        // Of larger trees a few, others for each number of leaves.
        let keep = 1 + 400 / leaves;
        pairs = (0..keep).map(|_| pairs[draw.below(pairs.len() as u64) as usize]).collect();
    }
    let first = draw.below(leaves);
    pairs.push((first, (first + draw.below(40)).min(leaves - 1)));
    pairs
}

/// Numbers of leaves that are tried: all, or some where few cases are asked for, as under an emulator.
fn leaf_counts() -> impl Iterator<Item = u64> {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let few = cases.is_some_and(|cases: u32| cases < 100);
    (1..=MOST as u64).step_by(if few { 64 } else { 1 })
}

#[test]
fn ranges_of_every_shape_verify() {
    for shape in [Shape::File, Shape::Flow] {
        let hashes = leaf_hashes(shape);
        let mut ran = 0;
        for leaves in leaf_counts() {
            let hashes = &hashes[..leaves as usize];
            let tree = Naive::new(shape, hashes);
            for (first, last) in ranges(leaves, &mut Draw(leaves)) {
                let indices: Vec<u64> = (first..=last).collect();
                let range = first..last + 1;
                let siblings = prove_leaves(shape, hashes.as_flattened(), range.clone()).unwrap();
                let context = format!("{shape:?} of {leaves}: {range:?}");
                assert_eq!(siblings, tree.siblings(&indices), "{context}");
                let due = (shape == Shape::Flow && first == 0).then_some(Code::RootMismatch);
                let verdict = verify_multi(&tree.trusted(), range, &sectors(&indices), &siblings);
                assert_eq!(code(verdict), due, "{context}");
                ran += 1;
            }
        }
        assert!(ran >= 2 * leaf_counts().count(), "{ran}");
    }
}

#[test]
fn random_sets_of_every_shape_verify_and_nothing_else_does() {
    for shape in [Shape::File, Shape::Flow] {
        let hashes = leaf_hashes(shape);
        let low = u64::from(shape == Shape::Flow);
        for leaves in leaf_counts().filter(|&leaves| leaves > low) {
            let tree = Naive::new(shape, &hashes[..leaves as usize]);
            let mut draw = Draw(leaves);
            let indices = draw.indices(low, leaves);
            let siblings = tree.siblings(&indices);
            let data = sectors(&indices);
            let judge = |indices: &[u64], data: &[u8], siblings: &[Hash]| {
                code(verify_multi(&tree.trusted(), indices.iter().copied(), data, siblings))
            };
            let context = format!("{shape:?} of {leaves}: {indices:?}");
            assert_eq!(judge(&indices, &data, &siblings), None, "{context}");
            let proof =
                prove_leaves(shape, hashes[..leaves as usize].as_flattened(), indices.clone()).unwrap();
            assert_eq!(proof, siblings, "{context}");

            // Siblings: one less, one more, twice, swapped, changed.
            let depth = Some(Code::ProofDepth);
            let mut more = siblings.clone();
            more.push([0; 32]);
            assert_eq!(judge(&indices, &data, &more), depth, "{context}");
            if !siblings.is_empty() {
                let pick = draw.below(siblings.len() as u64) as usize;
                let mut less = siblings.clone();
                less.remove(pick);
                assert_eq!(judge(&indices, &data, &less), depth, "{context}");
                let mut twice = siblings.clone();
                twice.insert(pick, siblings[pick]);
                assert_eq!(judge(&indices, &data, &twice), depth, "{context}");
                let mut changed = siblings.clone();
                changed[pick][draw.below(32) as usize] ^= 1 << draw.below(8);
                assert_eq!(judge(&indices, &data, &changed), Some(Code::RootMismatch), "{context}");
                for other in [0, siblings.len() / 2, siblings.len() - 1] {
                    if siblings[other] == siblings[pick] {
                        continue;
                    }
                    let mut swapped = siblings.clone();
                    swapped.swap(pick, other);
                    assert_eq!(judge(&indices, &data, &swapped), Some(Code::RootMismatch), "{context}");
                }
            }

            // Indices and contents: one less, one more, twice, swapped, changed.
            let pick = draw.below(indices.len() as u64) as usize;
            let mut twice = indices.clone();
            twice.insert(pick, indices[pick]);
            assert_eq!(judge(&twice, &sectors(&twice), &siblings), Some(Code::IndexOrder), "{context}");
            assert_eq!(judge(&indices, &sectors(&twice), &siblings), Some(Code::ContentLength), "{context}");
            let mut less = indices.clone();
            less.remove(pick);
            assert_eq!(judge(&indices, &sectors(&less), &siblings), Some(Code::ContentLength), "{context}");
            let due = if less.is_empty() { Code::EmptyInput } else { Code::ContentLength };
            assert_eq!(judge(&less, &data, &siblings), Some(due), "{context}");
            assert!(judge(&less, &sectors(&less), &siblings).is_some(), "{context}");
            let past = [&indices[..], &[leaves]].concat();
            assert_eq!(judge(&past, &sectors(&past), &siblings), Some(Code::IndexRange), "{context}");
            if let Some(added) = (low..leaves).find(|index| !indices.contains(index)) {
                let mut more = [&indices[..], &[added]].concat();
                more.sort();
                assert!(judge(&more, &sectors(&more), &siblings).is_some(), "{context}");
                let mut moved = indices.clone();
                moved[pick] = added;
                moved.sort();
                assert!(judge(&moved, &data, &siblings).is_some(), "{context}");
                assert!(judge(&indices, &sectors(&moved), &siblings).is_some(), "{context}");
            }
            let mut changed = data.clone();
            changed[draw.below(data.len() as u64) as usize] ^= 1 << draw.below(8);
            assert_eq!(judge(&indices, &changed, &siblings), Some(Code::RootMismatch), "{context}");
            if indices.len() > 1 {
                let mut swapped = indices.clone();
                swapped.swap(0, indices.len() - 1);
                assert_eq!(judge(&swapped, &data, &siblings), Some(Code::IndexOrder), "{context}");
                let due = Some(Code::RootMismatch);
                assert_eq!(judge(&indices, &sectors(&swapped), &siblings), due, "{context}");
                // One proof is smaller than one for each.
                let singles: usize = indices.iter().map(|&index| tree.siblings(&[index]).len()).sum();
                assert!(siblings.len() < singles, "{context}");
            }
        }
    }
}

#[test]
fn limits_and_the_callers_faults() {
    let tree = Tree::new([0; 32], Shape::File, u64::MAX);
    let one = [[0; 32]; 64];
    let judge = |indices: &[u64], bytes: usize, siblings: &[Hash]| {
        code(verify_multi(&tree, indices.iter().copied(), &vec![0; bytes], siblings))
    };
    assert_eq!(judge(&[0], 256, &vec![[0; 32]; (1 << 16) + 1]), Some(Code::LimitExceeded));
    assert_eq!(judge(&[0], 256, &vec![[0; 32]; 1 << 16]), Some(Code::ProofDepth));
    assert_eq!(judge(&[0], 256, &one), Some(Code::RootMismatch));
    assert_eq!(judge(&[u64::MAX - 1], 256, &one[1..]), Some(Code::RootMismatch));
    assert_eq!(judge(&[u64::MAX], 256, &one), Some(Code::IndexRange));
    assert_eq!(judge(&[u64::MAX, 0], 512, &one), Some(Code::IndexOrder));
    assert_eq!(code(verify_multi(&tree, 0.., &[], &one)), Some(Code::LimitExceeded));
    assert_eq!(code(verify_multi(&tree, 0..1 << 20, &[], &one)), Some(Code::ContentLength));
    let flow = Tree::of_flow([0; 32], u64::MAX);
    assert_eq!(code(verify_multi(&flow, [u64::MAX - 1], &[0; 256], &one[1..])), Some(Code::RootMismatch));
    assert_eq!(code(verify_multi(&Tree::of_flow([0; 32], 0), [0], &[0; 256], &[])), Some(Code::IndexRange));
    assert_eq!(Tree::of_sectors([0; 32], 0).unwrap_err().code, Code::EmptyInput);
    assert_eq!(Tree::of_segments([0; 32], 0).unwrap_err().code, Code::EmptyInput);

    let prove = |leaves: &[u8], indices: &[u64]| {
        prove_leaves(Shape::File, leaves, indices.iter().copied()).unwrap_err()
    };
    assert_eq!(prove(&[0; 33], &[0]).code, Code::BufferLength);
    assert_eq!(prove(&[], &[0]).code, Code::IndexRange);
    assert_eq!(prove(&[0; 64], &[]).code, Code::EmptyInput);
    assert_eq!(
        prove(&vec![0; 32 << 18], &(0..1 << 17).map(|i| 2 * i).collect::<Vec<_>>()).code,
        Code::LimitExceeded
    );
    assert_eq!(prove(&vec![0; (32 << 20) + 32], &[0]).code, Code::LimitExceeded);
}

#[test]
fn the_example_of_the_specification() {
    let file: Vec<u8> = (0..513).map(|i| (31 * i + 7) as u8).collect();
    let siblings = FileTree::from_bytes(&file).unwrap().prove_sectors([1, 2], |_| &file).unwrap();
    assert_eq!(siblings, [FileTree::from_bytes(&file[..256]).unwrap().root()]);
    let text = hex::encode(siblings.as_flattened());
    assert_eq!(text, "edf1c56924fa652f2b5d33af272bc44a20c49c0b25cb7628363bf8a4cdafee8c");
}

#[test]
fn segments_and_sectors_of_files() {
    let file: Vec<u8> = (0..4 * 262_144 + 200 * 256 + 99).map(|i| (i % 251 + 1) as u8).collect();
    let size = file.len() as u64;
    let tree = FileTree::from_bytes(&file).unwrap();
    let layout = tree.layout();
    let mut padded = file.clone();
    padded.resize(layout.padded_sectors as usize * 256, 0);
    let leaves: Vec<Hash> = padded.chunks(256).map(|sector| keccak(&[sector])).collect();
    let naive = Naive::new(Shape::File, &leaves);
    let segment = |index: u64| file.chunks(262_144).nth(index as usize).unwrap_or_default();
    let of_sectors = Tree::of_sectors(tree.root(), size).unwrap();
    let last = layout.padded_sectors - 1;
    let sets: [Vec<u64>; 6] = [
        vec![0, 1023, 1024, 2048, last],
        (1000..3100).collect(),
        (1024..2048).collect(),
        vec![layout.sectors - 1, layout.sectors],
        vec![5],
        (0..=last).collect(),
    ];
    for indices in &sets {
        let mut asked = Vec::new();
        let siblings = tree
            .prove_sectors(indices.iter().copied(), |index| {
                asked.push(index);
                segment(index)
            })
            .unwrap();
        assert_eq!(siblings, naive.siblings(indices), "{indices:?}");
        let data: Vec<u8> =
            indices.iter().flat_map(|&index| &padded[index as usize * 256..][..256]).copied().collect();
        assert_eq!(verify_multi(&of_sectors, indices.iter().copied(), &data, &siblings), Ok(()));
        // Each segment once, and none that is proven as a whole.
        assert!(
            asked.windows(2).all(|pair| pair[0] < pair[1]) && !asked.contains(&1) || indices.len() < 1024
        );
        let shorter = Tree::of_sectors(tree.root(), size - 100).unwrap();
        let past = indices.contains(&(layout.sectors - 1)).then_some(Code::PaddingNonzero);
        assert_eq!(code(verify_multi(&shorter, indices.iter().copied(), &data, &siblings)), past);
    }
    assert_eq!(tree.prove_sectors([last + 1], |_| []).unwrap_err().code, Code::IndexRange);
    assert_eq!(tree.prove_sectors([7], |_| [0; 9]).unwrap_err().code, Code::ContentMismatch);
    assert_eq!(tree.prove_sectors([7], |_| vec![0; 262_145]).unwrap_err().code, Code::ContentLength);

    let of_segments = Tree::of_segments(tree.root(), size).unwrap();
    let roots: Vec<Hash> = (0..layout.segments).map(|index| tree.segment_root(index).unwrap()).collect();
    let naive = Naive::new(Shape::File, &roots);
    for indices in [vec![0], vec![4], vec![0, 1, 2, 3, 4], vec![1, 4], vec![2, 3]] {
        let siblings = tree.prove_segments(indices.iter().copied()).unwrap();
        assert_eq!(siblings, naive.siblings(&indices));
        let mut data: Vec<u8> = indices.iter().flat_map(|&index| segment(index)).copied().collect();
        data.resize(data.len().next_multiple_of(256), 0);
        let judge = |data: &[u8], indices: &[u64]| {
            code(verify_multi(&of_segments, indices.iter().copied(), data, &siblings))
        };
        assert_eq!(judge(&data, &indices), None);
        assert_eq!(judge(&data[256..], &indices), Some(Code::ContentLength));
        data[100] ^= 1;
        assert_eq!(judge(&data, &indices), Some(Code::RootMismatch));
        data[100] ^= 1;
        let shorter = Tree::of_segments(tree.root(), size - 1).unwrap();
        let past = indices.contains(&4).then_some(Code::PaddingNonzero);
        assert_eq!(code(verify_multi(&shorter, indices.iter().copied(), &data, &siblings)), past);
    }
    assert_eq!(tree.prove_segments([5]).unwrap_err().code, Code::IndexRange);
}
