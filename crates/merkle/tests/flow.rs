//! The flow: vectors, and the tree against its definition.

use proptest::prelude::*;
use serde::Deserialize;
use sha3::{Digest, Keccak256};
use zgkit_core::{Code, Isa};
use zgkit_merkle::*;

fn keccak(parts: &[&[u8]]) -> Hash {
    let mut hasher = Keccak256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

fn hash(hex: &str) -> Hash {
    hex::decode(hex.strip_prefix("0x").unwrap()).unwrap().try_into().unwrap()
}

/// The pattern `keccak` of testdata/README.md.
fn pattern(seed: &str, size: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        (0..size.div_ceil(32) as u64).flat_map(|j| keccak(&[seed.as_bytes(), &j.to_be_bytes()])).collect();
    bytes.truncate(size);
    bytes
}

/// A flow with its bytes.
struct Flow {
    tree: FlowTree,
    bytes: Vec<u8>,
}

impl Flow {
    fn new() -> Self {
        Self { tree: FlowTree::new(), bytes: vec![0; 256] }
    }

    fn append(&mut self, file: &[u8]) -> Placement {
        let placement = self.tree.append(&FileTree::from_bytes(file).unwrap()).unwrap();
        self.bytes.resize(placement.start as usize * 256, 0);
        self.bytes.extend(file);
        self.bytes.resize(placement.length as usize * 256, 0);
        placement
    }

    fn sector(&self, index: u64) -> &[u8] {
        &self.bytes[index as usize * 256..][..256]
    }

    fn prove(&self, index: u64) -> Vec<Hash> {
        let rest = &self.bytes[index as usize / 1024 * 262_144..];
        self.tree.prove(index, &rest[..rest.len().min(262_144)]).unwrap()
    }

    fn leaf(&self, index: u64) -> Hash {
        if index == 0 { [0; 32] } else { keccak(&[self.sector(index)]) }
    }

    /// The perfect tree over all leaves: the definition.
    fn naive_root(&self) -> Hash {
        let width = self.tree.length().next_power_of_two();
        let zero = keccak(&[&[0; 256]]);
        let mut level: Vec<Hash> =
            (0..width).map(|i| if i < self.tree.length() { self.leaf(i) } else { zero }).collect();
        while level.len() > 1 {
            level = level.chunks(2).map(|pair| keccak(&[&pair[0], &pair[1]])).collect();
        }
        level[0]
    }
}

#[test]
fn flow_tree() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        struct File {
            runs: Vec<Run>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Run {
            steps: Vec<Step>,
            final_proofs: Vec<Siblings>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Step {
            size: usize,
            pattern: Pattern,
            heights: Vec<u32>,
            start_index: u64,
            sectors: u64,
            identity: String,
            flow_root: String,
            flow_length: u64,
        }
        #[derive(Deserialize)]
        struct Pattern {
            seed: String,
        }
        #[derive(Deserialize)]
        struct Siblings {
            sector: u64,
            leaf: String,
            siblings: Vec<String>,
        }

        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/storage/flow_tree.json");
        let file: File = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (mut steps, mut proofs) = (0, 0);
        for run in &file.runs {
            let mut flow = Flow::new();
            for step in &run.steps {
                let data = pattern(&step.pattern.seed, step.size);
                let file = FileTree::from_bytes(&data).unwrap();
                let heights: Vec<u32> = file.nodes().iter().map(|node| node.height).collect();
                assert_eq!(heights, step.heights);
                assert_eq!(submission::digest(file.nodes()), hash(&step.identity));
                assert_eq!(submission::capacity(&heights), Ok(step.sectors.into()));
                let placement = flow.append(&data);
                assert_eq!((placement.start, placement.length), (step.start_index, step.flow_length));
                assert_eq!(flow.tree.root(), hash(&step.flow_root));
                steps += 1;
            }
            for vector in &run.final_proofs {
                let siblings: Vec<Hash> = vector.siblings.iter().map(|sibling| hash(sibling)).collect();
                assert_eq!(flow.prove(vector.sector), siblings);
                assert_eq!(flow.leaf(vector.sector), hash(&vector.leaf));
                assert_eq!(flow_root(hash(&vector.leaf), vector.sector, &siblings), flow.tree.root());
                let (root, length) = (flow.tree.root(), flow.tree.length());
                let verdict =
                    verify_flow_sector(&root, length, vector.sector, flow.sector(vector.sector), &siblings);
                // The mark has no content.
                let due = (vector.sector == 0).then_some(Code::RootMismatch);
                assert_eq!(verdict.err().map(|rejection| rejection.error.code), due);
                proofs += 1;
            }
        }
        assert_eq!((file.runs.len(), steps, proofs), (7, 25, 29));
    });
}

#[test]
fn placement_as_in_the_specification() {
    for (length, heights, start, after) in [
        (1, vec![0], 1, 2),
        (8, vec![4, 1], 16, 34),
        (1, vec![8, 7, 5], 256, 672),
        (1, vec![9, 8, 7, 6], 1024, 1984),
        (1984, vec![9, 8, 7, 6], 2048, 3008),
        (1, vec![11, 9, 8], 2048, 4864),
        (4864, vec![10, 8], 5120, 6400),
        (1, vec![62], 1 << 62, 1 << 63),
    ] {
        let placement = place_submission(length, &heights).unwrap();
        assert_eq!((placement.start, placement.length), (start, after), "{length} {heights:?}");
        assert_eq!(placement.positions[0], start);
    }
    let code = |length, heights: &[u32]| place_submission(length, heights).unwrap_err().code;
    assert_eq!(code(1, &[]), Code::EmptyInput);
    assert_eq!(code(1, &[64]), Code::Range);
    assert_eq!(code(1, &[0; 65]), Code::LimitExceeded);
    assert_eq!(code(2, &[63]), Code::Range);
    assert_eq!(code(u64::MAX, &[63; 64]), Code::Range);
    assert_eq!([0, 1, 2, 3, 4, 5, u64::MAX].map(flow_depth), [0, 0, 1, 2, 2, 3, 64]);
}

#[test]
fn a_new_flow_is_its_mark() {
    let flow = FlowTree::default();
    assert_eq!((flow.length(), flow.root()), (1, [0; 32]));
    assert_eq!(flow.prove(0, &[]), Ok(vec![]));
    assert_eq!(flow.prove(1, &[]).unwrap_err().code, Code::IndexRange);
    // A mark has no content, also under a root that somebody made of one.
    let verdict = verify_flow_sector(&keccak(&[&[7; 256]]), 1, 0, &[7; 256], &[]);
    assert_eq!(verdict.unwrap_err().error.code, Code::RootMismatch);
}

#[test]
fn bad_proofs_and_bad_bytes_are_refused() {
    let mut flow = Flow::new();
    flow.append(&pattern("a", 700_000));
    let (tree, length) = (&flow.tree, flow.tree.length());
    let index = 2048 + 1100;
    let siblings = flow.prove(index);
    let check = |index, content: &[u8], siblings: &[Hash]| {
        verify_flow_sector(&tree.root(), length, index, content, siblings).err().map(|r| r.error.code)
    };
    let sector = flow.sector(index);
    assert_eq!(check(index, sector, &siblings), None);
    assert_eq!(check(length, sector, &siblings), Some(Code::IndexRange));
    assert_eq!(check(index, &sector[1..], &siblings), Some(Code::ContentLength));
    assert_eq!(check(index, sector, &siblings[1..]), Some(Code::ProofDepth));
    assert_eq!(check(index, sector, &[[0; 32]; 64]), Some(Code::ProofDepth));
    assert_eq!(check(index, sector, &[[0; 32]; 65]), Some(Code::LimitExceeded));
    assert_eq!(check(index ^ 1, sector, &siblings), Some(Code::RootMismatch));
    assert_eq!(check(index, flow.sector(index + 1), &siblings), Some(Code::RootMismatch));
    for level in 0..siblings.len() {
        let mut bad = siblings.clone();
        bad[level][31] ^= 1;
        assert_eq!(check(index, sector, &bad), Some(Code::RootMismatch));
    }

    assert_eq!(tree.prove(index, &[0; 262_145]).unwrap_err().code, Code::ContentLength);
    assert_eq!(tree.prove(index, &[1]).unwrap_err().code, Code::ContentMismatch);
    assert_eq!(tree.prove(length, &[]).unwrap_err().code, Code::IndexRange);
}

proptest! {
    // Each case hashes a whole flow.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn equals_the_definition(
        sizes in proptest::collection::vec(prop_oneof![1usize..3000, 1usize..400_000], 1..7),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 8),
    ) {
        let mut flow = Flow::new();
        for (number, size) in sizes.iter().enumerate() {
            flow.append(&pattern(&number.to_string(), *size));
            prop_assert_eq!(flow.tree.root(), flow.naive_root());
        }
        let (root, length) = (flow.tree.root(), flow.tree.length());
        for pick in picks {
            let index = pick.index(length as usize) as u64;
            let siblings = flow.prove(index);
            prop_assert_eq!(siblings.len() as u32, flow_depth(length));
            prop_assert_eq!(flow_root(flow.leaf(index), index, &siblings), root);
        }
    }
}
