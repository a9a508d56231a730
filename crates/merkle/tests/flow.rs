//! The flow: vectors, and the tree against its definition.

use proptest::prelude::*;
use serde::Deserialize;
use zgkit_core::{Code, Isa};
use zgkit_merkle::*;
use zgkit_testdata::{Bytes, Pattern, keccak, keccak_pattern, list};

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
        self.tree.prove(index, self.segment(index / 1024)).unwrap()
    }

    fn leaf(&self, index: u64) -> Hash {
        if index == 0 { [0; 32] } else { keccak(&[self.sector(index)]) }
    }

    /// The flow's bytes of a segment.
    fn segment(&self, index: u64) -> &[u8] {
        let rest = &self.bytes[index as usize * 262_144..];
        &rest[..rest.len().min(262_144)]
    }

    /// Bytes of the sectors from `first` on.
    fn range(&self, first: u64, count: u64) -> &[u8] {
        &self.bytes[first as usize * 256..][..count as usize * 256]
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
        identity: Bytes,
        flow_root: Bytes,
        flow_length: u64,
    }
    #[derive(Deserialize)]
    struct Siblings {
        sector: u64,
        leaf: Bytes,
        siblings: Vec<Bytes>,
    }

    let runs: Vec<Run> = list("storage/flow_tree.json", "runs");
    // The bytes are the same on every instruction set.
    let bytes: Vec<Vec<u8>> =
        runs.iter().flat_map(|run| &run.steps).map(|step| step.pattern.bytes(step.size)).collect();
    Isa::with_each(|_| {
        let mut bytes = bytes.iter();
        let (mut steps, mut proofs) = (0, 0);
        for run in &runs {
            let mut flow = Flow::new();
            for step in &run.steps {
                let data = bytes.next().unwrap();
                let file = FileTree::from_bytes(data).unwrap();
                let heights: Vec<u32> = file.nodes().iter().map(|node| node.height).collect();
                assert_eq!(heights, step.heights);
                assert_eq!(submission::digest(file.nodes()), step.identity.hash());
                assert_eq!(submission::capacity(&heights), Ok(step.sectors.into()));
                let placement = flow.append(data);
                assert_eq!((placement.start, placement.length), (step.start_index, step.flow_length));
                assert_eq!(flow.tree.root(), step.flow_root.hash());
                steps += 1;
            }
            for vector in &run.final_proofs {
                let siblings: Vec<Hash> = vector.siblings.iter().map(Bytes::hash).collect();
                assert_eq!(flow.prove(vector.sector), siblings);
                assert_eq!(flow.leaf(vector.sector), vector.leaf.hash());
                assert_eq!(flow_root(vector.leaf.hash(), vector.sector, &siblings), flow.tree.root());
                let (root, length) = (flow.tree.root(), flow.tree.length());
                let verdict =
                    verify_flow_sector(&root, length, vector.sector, flow.sector(vector.sector), &siblings);
                // The mark has no content.
                let due = (vector.sector == 0).then_some(Code::RootMismatch);
                assert_eq!(verdict.err().map(|rejection| rejection.error.code), due);
                proofs += 1;
            }
        }
        assert_eq!((runs.len(), steps, proofs), (7, 25, 29));
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
    flow.append(&keccak_pattern("a", 700_000));
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

/// A node whose root is made up.
fn made_up(height: u32, number: u64) -> Node {
    Node { root: keccak(&[&number.to_be_bytes()]), height }
}

#[test]
fn history_of_submissions_that_are_known_by_their_nodes_alone() {
    let mut flow = FlowHistory::new();
    assert_eq!((flow.version(), flow.length(), flow.root()), (0, 1, [0; 32]));
    // Up to the largest flow there is.
    flow.append(&[made_up(62, 1)]).unwrap();
    flow.append(&[made_up(63, 2)]).unwrap_err();
    assert_eq!(flow.version(), 1);
    flow.append(&[made_up(62, 3), made_up(61, 4), made_up(0, 5)]).unwrap();
    let left = keccak(&[&chain(0, [0; 32], 62), &made_up(62, 1).root]);
    let small = chain(0, made_up(0, 5).root, 61);
    let right = keccak(&[&made_up(62, 3).root, &keccak(&[&made_up(61, 4).root, &small])]);
    assert_eq!(flow.root(), keccak(&[&left, &right]));
    assert_eq!(flow.root_at(1), Ok(left));
    assert_eq!(flow.length_at(1), Ok(1 << 63));
    assert_eq!(flow.root_at(3).unwrap_err().code, Code::IndexRange);
    assert_eq!(flow.length_at(u64::MAX).unwrap_err().code, Code::IndexRange);
    assert_eq!(flow.revert_to(3).unwrap_err().code, Code::IndexRange);
    flow.revert_to(0).unwrap();
    assert_eq!((flow.version(), flow.length(), flow.root()), (0, 1, [0; 32]));
    assert_eq!(flow.append(&[]).unwrap_err().code, Code::EmptyInput);
}

/// The root of a tree of height `to` that begins with a node and has zero sectors behind it.
fn chain(from: u32, node: Hash, to: u32) -> Hash {
    (from..to).fold(node, |node, height| keccak(&[&node, &zero_root(height).unwrap()]))
}

#[test]
fn past_versions_prove_what_they_had() {
    let mut flow = Flow::new();
    let sizes = [100, 5000, 700_000, 256, 300_000, 90_000];
    let mut versions = vec![(flow.tree.root(), flow.bytes.clone())];
    for (number, size) in sizes.into_iter().enumerate() {
        flow.append(&keccak_pattern(&number.to_string(), size));
        versions.push((flow.tree.root(), flow.bytes.clone()));
    }
    for (version, (root, bytes)) in versions.iter().enumerate().skip(1) {
        let view = flow.tree.at(version as u64).unwrap();
        let length = bytes.len() as u64 / 256;
        assert_eq!((view.root(), view.length()), (*root, length));
        let history = flow.tree.history();
        assert_eq!(history.root_at(version as u64), Ok(*root));
        assert_eq!(history.length_at(version as u64), Ok(length));
        for sector in (1..length).step_by(911).chain([length - 1]) {
            // The bytes of today: what came later is not read.
            let siblings = view.prove(sector, flow.segment(sector / 1024)).unwrap();
            let content = &bytes[sector as usize * 256..][..256];
            assert_eq!(verify_flow_sector(root, length, sector, content, &siblings), Ok(()));
        }
        let siblings = view.prove_multi(1..length, |index| flow.segment(index)).unwrap();
        let all = Tree::of_flow(*root, length);
        assert_eq!(verify_multi(&all, 1..length, &bytes[256..], &siblings), Ok(()));
        assert_eq!(view.prove(length, &[]).unwrap_err().code, Code::IndexRange);
    }
    assert_eq!(flow.tree.at(7).unwrap_err().code, Code::IndexRange);
}

#[test]
fn ranges_in_the_form_of_the_network() {
    let mut flow = Flow::new();
    for (number, size) in [3000, 700_000, 20_000].into_iter().enumerate() {
        flow.append(&keccak_pattern(&number.to_string(), size));
    }
    let (root, length) = (flow.tree.root(), flow.tree.length());
    let judge = |first: u64, count: u64, data: &[u8], proof: &FlowRangeProof| {
        verify_flow_range(&root, length, first..first + count, data, proof)
            .err()
            .map(|rejection| rejection.error.code)
    };
    let mut ran = 0;
    for (first, count) in
        [(1, 1), (1, length - 1), (16, 12), (1023, 2), (1024, 1024), (2000, 1100), (length - 1, 1)]
    {
        let proof = flow.tree.prove_range(first..first + count, |index| flow.segment(index)).unwrap();
        let data = flow.range(first, count);
        assert_eq!(judge(first, count, data, &proof), None, "{first} {count}");
        let depth = flow_depth(length) as usize;
        for Proof { lemma, path } in [&proof.left, &proof.right] {
            assert_eq!((lemma.len(), path.len(), lemma[depth + 1]), (depth + 2, depth, root));
        }
        let siblings = flow.tree.prove_multi(first..first + count, |index| flow.segment(index)).unwrap();
        assert!(siblings.len() <= 2 * depth);

        // Every entry and every direction of both, and what is claimed about them.
        for right in [false, true] {
            let change = |change: &dyn Fn(&mut Proof)| {
                let mut bad = proof.clone();
                change(if right { &mut bad.right } else { &mut bad.left });
                judge(first, count, data, &bad)
            };
            for entry in 0..depth + 2 {
                let due = if entry == 0 { Code::ContentMismatch } else { Code::RootMismatch };
                assert_eq!(change(&|proof| proof.lemma[entry][7] ^= 1), Some(due));
                assert_eq!(change(&|proof| proof.lemma.truncate(entry)), Some(Code::ProofFormat));
            }
            for level in 0..depth {
                assert_eq!(change(&|proof| proof.path[level] ^= true), Some(Code::IndexMismatch));
            }
            let shorter = |proof: &mut Proof| {
                proof.path.pop();
                proof.lemma.remove(1);
            };
            assert_eq!(change(&shorter), Some(Code::ProofDepth));
            assert_eq!(change(&|proof| proof.path.resize(65, true)), Some(Code::LimitExceeded));
            assert_eq!(change(&|proof| proof.lemma.resize(67, [0; 32])), Some(Code::LimitExceeded));
        }
        assert_eq!(judge(first, count, &data[1..], &proof), Some(Code::ContentLength));
        assert_eq!(judge(first, 0, &[], &proof), Some(Code::EmptyInput));
        assert_eq!(judge(first, length, data, &proof), Some(Code::IndexRange));
        assert_eq!(judge(u64::MAX - count, count, data, &proof), Some(Code::IndexRange));
        assert_eq!(judge(first, (1 << 20) + 1, data, &proof), Some(Code::LimitExceeded));
        if count > 1 {
            let swapped = FlowRangeProof { left: proof.right.clone(), right: proof.left.clone() };
            assert_eq!(judge(first, count, data, &swapped), Some(Code::IndexMismatch));
            let (less, shorter) = (count - 1, &data[..data.len() - 256]);
            assert_eq!(judge(first, less, shorter, &proof), Some(Code::IndexMismatch));
        }
        if count > 2 {
            let mut inner = data.to_vec();
            inner[300] ^= 1;
            assert_eq!(judge(first, count, &inner, &proof), Some(Code::RootMismatch));
        }
        ran += 1;
    }
    assert_eq!(ran, 7);
    assert_eq!(flow.tree.prove_range(5..5, |_| []).unwrap_err().code, Code::EmptyInput);
    assert_eq!(flow.tree.prove_range(5..length + 1, |_| []).unwrap_err().code, Code::IndexRange);
    assert_eq!(flow.tree.prove_range(1..u64::MAX, |_| []).unwrap_err().code, Code::IndexRange);

    // A range with the mark, and a flow that is the mark alone: no content is right.
    let proof = flow.tree.prove_range(0..3, |index| flow.segment(index)).unwrap();
    assert_eq!(judge(0, 3, flow.range(0, 3), &proof), Some(Code::ContentMismatch));
    let leaf = keccak(&[&[7; 256]]);
    let mark = Proof { lemma: vec![leaf, leaf], path: vec![] };
    let proof = FlowRangeProof { left: mark.clone(), right: mark };
    let verdict = verify_flow_range(&leaf, 1, 0..1, &[7; 256], &proof);
    assert_eq!(verdict.unwrap_err().error.code, Code::RootMismatch);
}

#[test]
fn segments_are_proven_from_flow_proofs() {
    let mut flow = Flow::new();
    let (mut inside, mut made_of_small) = (0, 0);
    // One node below a segment; several; exactly one segment; nodes above and below; several above.
    for (number, size) in
        [200, 40_000, 262_144, 262_145, 1_700_000, 262_144 * 6, 262_144 * 5 + 100_000].into_iter().enumerate()
    {
        let data = keccak_pattern(&format!("f{number}"), size);
        let file = FileTree::from_bytes(&data).unwrap();
        let start = flow.append(&data).start;
        let layout = file.layout();
        for place in (0..layout.padded_sectors).step_by(499).chain([layout.padded_sectors - 1]) {
            let sector = start + place;
            let siblings = flow.prove(sector);
            let derive = |nodes: &[Node], sector, leaf, siblings: &[Hash]| {
                segment_proof_of_flow(nodes, start, sector, leaf, siblings)
            };
            let leaf = flow.leaf(sector);
            let (index, proof) = derive(file.nodes(), sector, leaf, &siblings).unwrap();
            assert_eq!(
                (index, &proof),
                (place / 1024, &file.prove_segment(index).unwrap()),
                "{size} {place}"
            );
            let content = &data[(index as usize * 262_144).min(size)..];
            let mut content = content[..content.len().min(262_144)].to_vec();
            content.resize(content.len().next_multiple_of(256), 0);
            assert_eq!(verify_segment(&file.root(), size as u64, index, &content, &proof), Ok(()));
            let node = file.nodes().iter().scan(0, |end, node| {
                *end += 1u64 << node.height;
                Some((*end, node))
            });
            let height =
                node.skip_while(|(end, _)| *end <= place).map(|(_, node)| node.height).next().unwrap();
            *if height >= 10 { &mut inside } else { &mut made_of_small } += 1;

            let code = |result: zgkit_core::Result<(u64, Proof)>| result.unwrap_err().code;
            assert_eq!(code(derive(file.nodes(), sector, [7; 32], &siblings)), Code::ContentMismatch);
            for level in 0..height as usize {
                let mut bad = siblings.clone();
                bad[level][0] ^= 1;
                assert_eq!(code(derive(file.nodes(), sector, leaf, &bad)), Code::ContentMismatch);
                assert_eq!(code(derive(file.nodes(), sector, leaf, &siblings[..level])), Code::ProofDepth);
            }
            let past = start + layout.padded_sectors;
            assert_eq!(code(derive(file.nodes(), past, leaf, &siblings)), Code::IndexRange);
            assert_eq!(code(derive(file.nodes(), start.wrapping_sub(1), leaf, &siblings)), Code::IndexRange);
            assert_eq!(code(derive(&[], sector, leaf, &siblings)), Code::EmptyInput);
            assert_eq!(code(derive(&[made_up(64, 0)], sector, leaf, &siblings)), Code::Range);
            assert_eq!(code(derive(&[made_up(3, 0); 2], sector, leaf, &siblings)), Code::Range);
            assert_eq!(code(derive(&[made_up(3, 0); 65], sector, leaf, &siblings)), Code::LimitExceeded);
            assert_eq!(code(derive(file.nodes(), sector, leaf, &[[0; 32]; 65])), Code::LimitExceeded);
        }
    }
    assert!(inside > 20 && made_of_small > 5, "{inside} {made_of_small}");
}

/// Each case hashes a whole flow.
fn few_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.min(48), ..usual }
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn equals_the_definition(
        sizes in proptest::collection::vec(prop_oneof![1usize..3000, 1usize..400_000], 1..7),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 8),
    ) {
        let mut flow = Flow::new();
        for (number, size) in sizes.iter().enumerate() {
            flow.append(&keccak_pattern(&number.to_string(), *size));
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

    #[test]
    fn appends_and_reverts_equal_a_flow_built_afresh(
        steps in proptest::collection::vec((0u8..4, any::<prop::sample::Index>(), prop_oneof![1usize..3000, 1usize..400_000]), 1..10),
    ) {
        let mut flow = FlowTree::new();
        let mut files: Vec<(u64, usize)> = Vec::new();
        for (number, (what, pick, size)) in steps.into_iter().enumerate() {
            if what == 0 {
                let version = pick.index(files.len() + 1);
                files.truncate(version);
                flow.revert_to(version as u64).unwrap();
            } else {
                files.push((number as u64, size));
                let data = keccak_pattern(&number.to_string(), size);
                flow.append(&FileTree::from_bytes(&data).unwrap()).unwrap();
            }
        }
        let mut afresh = Flow::new();
        let mut nodes = FlowHistory::new();
        for (version, (number, size)) in files.iter().enumerate() {
            prop_assert_eq!(flow.history().root_at(version as u64).unwrap(), afresh.tree.root());
            let data = keccak_pattern(&number.to_string(), *size);
            let placement = afresh.append(&data);
            prop_assert_eq!(nodes.append(FileTree::from_bytes(&data).unwrap().nodes()).unwrap(), placement);
        }
        prop_assert_eq!(flow.history().version(), files.len() as u64);
        prop_assert_eq!((flow.root(), flow.length()), (afresh.naive_root(), afresh.tree.length()));
        prop_assert_eq!((nodes.root(), nodes.length()), (flow.root(), flow.length()));
        // Proofs come out of the same tree too.
        let all = Tree::of_flow(flow.root(), flow.length());
        let picks: Vec<u64> = (1..flow.length()).step_by(97).collect();
        if picks.is_empty() { return Ok(()); }
        let siblings = flow.prove_multi(picks.iter().copied(), |index| afresh.segment(index)).unwrap();
        let data: Vec<u8> = picks.iter().flat_map(|&index| afresh.sector(index)).copied().collect();
        prop_assert_eq!(verify_multi(&all, picks.iter().copied(), &data, &siblings), Ok(()));
    }

    #[test]
    fn histories_of_nodes_equal_those_built_afresh(
        steps in proptest::collection::vec((0u8..4, any::<prop::sample::Index>(), proptest::collection::btree_set(0u32..12, 1..5)), 1..40),
    ) {
        let mut flow = FlowHistory::new();
        let mut submissions: Vec<Vec<Node>> = Vec::new();
        for (number, (what, pick, heights)) in steps.into_iter().enumerate() {
            if what == 0 {
                let version = pick.index(submissions.len() + 1);
                submissions.truncate(version);
                flow.revert_to(version as u64).unwrap();
            } else {
                let nodes: Vec<Node> =
                    heights.iter().rev().map(|&height| made_up(height, number as u64 * 64 + u64::from(height))).collect();
                flow.append(&nodes).unwrap();
                submissions.push(nodes);
            }
        }
        let mut afresh = FlowHistory::new();
        let mut placed = vec![(0, 0, [0; 32])];
        for (version, nodes) in submissions.iter().enumerate() {
            prop_assert_eq!(flow.root_at(version as u64), Ok(afresh.root()));
            prop_assert_eq!(flow.length_at(version as u64), Ok(afresh.length()));
            let placement = afresh.append(nodes).unwrap();
            placed.extend(nodes.iter().zip(placement.positions).map(|(node, at)| (at, node.height, node.root)));
        }
        prop_assert_eq!((flow.version(), flow.length()), (submissions.len() as u64, afresh.length()));
        prop_assert_eq!(flow.root(), by_definition(&placed, 0, flow_depth(flow.length())));
    }
}

/// The root of 2^`height` sectors from `start` on of a flow in which these nodes (position, height, root) were placed.
fn by_definition(placed: &[(u64, u32, Hash)], start: u64, height: u32) -> Hash {
    let end = start + (1 << height);
    match placed.iter().find(|(at, of, _)| *at < end && at + (1 << of) > start) {
        None => zero_root(height).unwrap(),
        Some(&(at, of, root)) if at == start && of == height => root,
        Some(_) => {
            let half = start + (1 << (height - 1));
            keccak(&[&by_definition(placed, start, height - 1), &by_definition(placed, half, height - 1)])
        }
    }
}
