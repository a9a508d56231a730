//! The vectors of testdata/, each with the number of cases that it must have run.

use serde::Deserialize;
use zgkit_core::{Code, Isa};
use zgkit_hash::keccak256;
use zgkit_merkle::*;
use zgkit_testdata::{Bytes, Int, Pattern, keccak_pattern, list, load};

fn hashes(list: &[Bytes]) -> Vec<Hash> {
    list.iter().map(Bytes::hash).collect()
}

#[derive(Deserialize)]
struct ProofVector {
    #[serde(alias = "segmentIndex")]
    index: u64,
    lemma: Vec<Bytes>,
    path: Vec<bool>,
}

impl ProofVector {
    fn proof(&self) -> Proof {
        Proof { lemma: hashes(&self.lemma), path: self.path.clone() }
    }
}

#[test]
fn file_merkle() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Case {
            size: u64,
            pattern: Pattern,
            chunks: u64,
            padded_chunks: u64,
            iterator_padded_size: u64,
            segments: u64,
            unpadded_segments: u64,
            root: Bytes,
            segment_roots: Option<Vec<Bytes>>,
            submission: SubmissionVector,
            segment_proofs: Vec<ProofVector>,
        }
        #[derive(Deserialize)]
        struct SubmissionVector {
            length: u64,
            nodes: Vec<NodeVector>,
        }
        #[derive(Deserialize)]
        struct NodeVector {
            root: Bytes,
            height: u32,
        }

        let (mut files, mut proofs) = (0, 0);
        for case in list::<Case>("storage/file_merkle.json", "cases") {
            let data = case.pattern.bytes(case.size as usize);
            let tree = FileTree::from_bytes(&data).unwrap();
            let layout = tree.layout();
            assert_eq!(layout.sectors, case.chunks);
            assert_eq!(layout.padded_sectors, case.padded_chunks);
            assert_eq!(layout.padded_sectors * 256, case.iterator_padded_size);
            assert_eq!(layout.segments, case.segments);
            assert_eq!(layout.sectors.div_ceil(1024), case.unpadded_segments);
            assert_eq!(tree.root(), case.root.hash(), "size {}", case.size);

            let mut hasher = FileHasher::new();
            data.chunks(100_003).for_each(|portion| hasher.update(portion));
            let summary = hasher.finish().unwrap();
            assert_eq!(summary.root, tree.root());
            assert_eq!(summary.nodes, tree.nodes());

            if let Some(roots) = case.segment_roots {
                assert_eq!(roots.len() as u64, layout.segments);
                for (index, root) in roots.iter().enumerate() {
                    assert_eq!(tree.segment_root(index as u64).unwrap(), root.hash());
                }
            }
            assert_eq!(case.submission.length, case.size);
            let nodes: Vec<Node> = case
                .submission
                .nodes
                .iter()
                .map(|node| Node { root: node.root.hash(), height: node.height })
                .collect();
            assert_eq!(tree.nodes(), nodes);
            let heights: Vec<u32> = nodes.iter().map(|node| node.height).collect();
            assert!(submission::is_valid(case.size, &heights).unwrap());
            assert_eq!(submission::file_root(&nodes), Some(tree.root()));

            for vector in &case.segment_proofs {
                let proof = tree.prove_segment(vector.index).unwrap();
                assert_eq!(proof, vector.proof());
                let start = (vector.index as usize * 262_144).min(data.len());
                let mut segment = data[start..data.len().min(start + 262_144)].to_vec();
                segment.resize(segment.len().next_multiple_of(256), 0);
                let verdict = verify_segment(&tree.root(), case.size, vector.index, &segment, &proof);
                assert_eq!(verdict, Ok(()));
                proofs += 1;
            }
            files += 1;
        }
        assert_eq!((files, proofs), (65, 111));
    });
}

#[test]
fn tree_proofs() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Case {
            leaf_count: u64,
            root: Bytes,
            proofs: Vec<ProofVector>,
        }

        let mut ran = 0;
        for case in list::<Case>("storage/tree_proofs.json", "cases") {
            for vector in &case.proofs {
                let sector = keccak_pattern(&format!("chunk{}", vector.index), 256);
                assert_eq!(vector.path, path(vector.index, case.leaf_count));
                assert_eq!(
                    verify_sector_of(
                        &case.root.hash(),
                        case.leaf_count,
                        vector.index,
                        &sector,
                        &vector.proof()
                    ),
                    Ok(())
                );
                ran += 1;
            }
        }
        assert_eq!(ran, 210);
    });
}

/// Verification in a tree of sectors whose count is given, as the vectors have it.
fn verify_sector_of(root: &Hash, leaf_count: u64, index: u64, sector: &[u8], proof: &Proof) -> Verdict {
    let place = Place::new(index, leaf_count, 256, 1).unwrap();
    let path: Vec<u8> = proof.path.iter().map(|&b| b.into()).collect();
    verify_inclusion(root, &place, sector, proof.lemma.as_flattened(), &path)
}

#[test]
fn hostile() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct File {
            positive: Vec<Positive>,
            negative: Vec<Negative>,
            files: Vec<FileVector>,
            distinct_roots: Vec<Distinct>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Positive {
            leaf_count: u64,
            root: Bytes,
            proofs: Vec<ProofVector>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Negative {
            id: String,
            root: Bytes,
            leaf_count: u64,
            index: u64,
            content: Bytes,
            lemma: Vec<Bytes>,
            path: Vec<bool>,
            expect: Expect,
        }
        #[derive(Deserialize)]
        struct Expect {
            ok: bool,
            code: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct FileVector {
            bytes: usize,
            file_root: Bytes,
            tree_leaves: u64,
        }
        #[derive(Deserialize)]
        struct Distinct {
            a: Bytes,
            b: Bytes,
        }

        let file: File = load("merkle/hostile.json");
        let mut ran = (0, 0, 0, 0);
        for case in &file.positive {
            for vector in &case.proofs {
                let sector = [(vector.index + 1) as u8; 256];
                let root = case.root.hash();
                let proof = vector.proof();
                assert_eq!(verify_sector_of(&root, case.leaf_count, vector.index, &sector, &proof), Ok(()));
                ran.0 += 1;
            }
        }
        for case in &file.negative {
            let proof = Proof { lemma: hashes(&case.lemma), path: case.path.clone() };
            let root = case.root.hash();
            let verdict = verify_sector_of(&root, case.leaf_count, case.index, &case.content.0, &proof);
            let code = verdict.err().map(|rejection| rejection.error.code.as_str());
            assert_eq!(code, case.expect.code.as_deref(), "{}", case.id);
            assert_eq!(code.is_none(), case.expect.ok, "{}", case.id);
            ran.1 += 1;
        }
        for case in &file.files {
            let data: Vec<u8> =
                (0..case.bytes).map(|j| if j % 64 == 0 { (31 * j) as u8 } else { 0 }).collect();
            let tree = FileTree::from_bytes(&data).unwrap();
            assert_eq!(tree.root(), case.file_root.hash());
            assert_eq!(tree.layout().segments, case.tree_leaves);
            ran.2 += 1;
        }
        for case in &file.distinct_roots {
            let leaves: Vec<u8> = (1..=3).flat_map(|i| keccak256(&[i; 256])).collect();
            let root = |leaves: &[u8]| {
                let mut levels = vec![0; levels_bytes(leaves.len() / 32)];
                merkle_levels(leaves, &mut levels).unwrap();
                levels[levels.len() - 32..].to_vec()
            };
            let doubled = [&leaves[..], &leaves[64..]].concat();
            assert_eq!(root(&leaves), case.a.0);
            assert_eq!(root(&doubled), case.b.0);
            assert_ne!(root(&leaves), root(&doubled));
            ran.3 += 1;
        }
        assert_eq!(ran, (50, 15, 9, 1));
    });
}

#[test]
fn padded_chunks() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        chunks: u64,
        padded: u64,
        next_pow2: u64,
    }
    let rows = list::<Row>("storage/padded_chunks.json", "rows");
    for row in &rows {
        assert_eq!(padded_sectors(row.chunks), Ok(row.padded));
        assert_eq!(next_pow2(row.chunks), Ok(row.next_pow2));
    }
    assert_eq!(rows.len(), 92);
}

#[test]
fn zero_hashes() {
    let zeros: Vec<Bytes> = list("storage/zero_hashes.json", "zeros");
    for (height, expected) in zeros.iter().enumerate() {
        assert_eq!(zero_root(height as u32), Ok(expected.hash()));
    }
    assert_eq!(zeros.len(), 64);
    // The contract reverts at 64 ("afterLast").
    assert_eq!(zero_root(64).unwrap_err().code, Code::Range);
}

#[test]
fn submission_rules() {
    #[derive(Deserialize)]
    struct Case {
        length: u64,
        heights: Vec<u32>,
        valid: Outcome,
        size: Size,
        digest: Bytes,
    }
    #[derive(Deserialize)]
    struct Outcome {
        value: Option<bool>,
        revert: Option<String>,
    }
    #[derive(Deserialize)]
    struct Size {
        value: Int,
    }
    let cases = list::<Case>("storage/submission_rules.json", "cases");
    for case in &cases {
        let valid = submission::is_valid(case.length, &case.heights);
        assert_eq!(valid.is_err(), case.valid.revert.is_some());
        assert_eq!(valid.ok(), case.valid.value, "{} {:?}", case.length, case.heights);
        let size = submission::capacity(&case.heights).unwrap();
        assert_eq!(size, case.size.value.u128());
        let nodes: Vec<Node> = (0..case.heights.len())
            .map(|i| Node { root: keccak256(format!("vecsn{i}").as_bytes()), height: case.heights[i] })
            .collect();
        assert_eq!(submission::digest(&nodes), case.digest.hash());
    }
    assert_eq!(cases.len(), 31);
}
