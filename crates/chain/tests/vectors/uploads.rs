//! Plans of uploads, and files in fragments.

use serde::Deserialize;
use zgkit_chain::*;
use zgkit_merkle::{FileHasher, FileLayout, submission};
use zgkit_testdata::{Bytes, Int, Pattern, list};

#[test]
fn plans() {
    #[derive(Deserialize)]
    struct Row {
        size: Int,
        terms: Terms,
        plan: Option<Plan>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Terms {
        min_fragment: Int,
        max_fragment: Int,
        max_fragments: Int,
        price_per_sector: Int,
        submission_cost: Int,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Plan {
        fragment_size: Int,
        fragments: Int,
        segments: Int,
        nodes: Int,
        sectors: Int,
        padded_sectors: Int,
        fee: Int,
        cost: Int,
    }

    let rows: Vec<Row> = list("chain/plans.json", "rows");
    for Row { size, terms, plan } in &rows {
        let terms = UploadTerms {
            min_fragment: terms.min_fragment.u64(),
            max_fragment: terms.max_fragment.u64(),
            max_fragments: Some(terms.max_fragments.u64()),
            price_per_sector: terms.price_per_sector.u128(),
            submission_cost: terms.submission_cost.u128(),
        };
        let due = plan.as_ref().map(|plan| UploadPlan {
            size: size.u64(),
            fragment_size: plan.fragment_size.u64(),
            fragments: plan.fragments.u64(),
            segments: plan.segments.u64(),
            nodes: plan.nodes.u64(),
            sectors: plan.sectors.u64(),
            padded_sectors: plan.padded_sectors.u64(),
            fee: plan.fee.u128(),
            cost: plan.cost.u128(),
        });
        assert_eq!(UploadPlan::of(size.u64(), &terms).ok(), due);
    }
    assert_eq!(rows.len(), 60);
}

/// Every size up to 4 MiB: the plan in one piece has the segments of the layout, the chain takes it, and it would not take
/// what is one step of padding smaller.
#[test]
fn plans_of_all_sizes() {
    let whole = UploadTerms { min_fragment: FRAGMENT_BYTES, ..UploadTerms::default() };
    for size in 1..=1 << 22 {
        let plan = UploadPlan::of(size, &whole).unwrap();
        let layout = FileLayout::new(size).unwrap();
        assert_eq!((plan.segments, plan.padded_sectors), (layout.segments, layout.padded_sectors));
        let heights = |sectors: u64| -> Vec<u32> {
            (0..64).rev().filter(|height| sectors >> height & 1 == 1).collect()
        };
        assert_eq!(submission::is_valid(size, &heights(plan.padded_sectors)), Ok(true), "{size}");
        let unit = (plan.padded_sectors.next_power_of_two() / 16).max(1);
        assert_ne!(submission::is_valid(size, &heights(plan.padded_sectors - unit)), Ok(true), "{size}");
    }
}

#[test]
fn fragments() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        size: usize,
        pattern: Pattern,
        requested_fragment: u64,
        aligned_fragment: u64,
        fragments: Vec<Fragment>,
    }
    #[derive(Deserialize)]
    struct Fragment {
        offset: usize,
        size: usize,
        root: Bytes,
    }

    let files: Vec<Row> = list("storage/client_features.json", "fragments");
    for row in &files {
        assert_eq!(fragment_size(row.requested_fragment), Ok(row.aligned_fragment));
        let file = row.pattern.bytes(row.size);
        for (fragment, bytes) in row.fragments.iter().zip(file.chunks(row.aligned_fragment as usize)) {
            assert_eq!(bytes.len(), fragment.size);
            assert_eq!(file[fragment.offset..][..fragment.size], *bytes);
            let mut hasher = FileHasher::new();
            hasher.update(bytes);
            assert_eq!(hasher.finish().unwrap().root, fragment.root.hash());
        }
    }
    let pieces: usize = files.iter().map(|row| row.fragments.len()).sum();
    assert_eq!((files.len(), pieces), (4, 27));
}
