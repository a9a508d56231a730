//! Proofs of anything for anything; an honest proof with changes holds only if they changed nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_merkle::{FileTree, VERDICT_BYTES, verify_flow_sector, verify_inclusion_record, verify_sector};

type Input = (Vec<u8>, Vec<u8>, Vec<u8>, [f64; 4], [u64; 2], u16, u8, Vec<(u16, u8)>);

fuzz_target!(|input: Input| {
    let (content, lemma, path, place, [length, index], size, fill, changes) = input;
    let _ = verify_inclusion_record(&[fill; 32], &content, &lemma, &path, place, &mut [0; VERDICT_BYTES]);
    let siblings = lemma.as_chunks().0;
    assert!(verify_flow_sector(&[fill; 32], length, index, &content, siblings).is_err());

    let file: Vec<u8> = (0..=size).map(|i| fill.wrapping_mul(i as u8)).collect();
    let tree = FileTree::from_bytes(&file).expect("not empty");
    let sector = index % tree.layout().sectors;
    let honest = tree.prove_sector(sector, &file).expect("in the file");
    let mut proof = honest.clone();
    let mut sectors = file.clone();
    sectors.resize(tree.layout().sectors as usize * 256, 0);
    let honest_data = sectors[sector as usize * 256..][..256].to_vec();
    let mut data = honest_data.clone();
    for (at, change) in changes {
        let at = usize::from(at);
        match at % 3 {
            0 => data[at / 3 % 256] ^= change,
            1 => {
                let hash = at / 3 / 32 % proof.lemma.len();
                proof.lemma[hash][at / 3 % 32] ^= change;
            }
            _ => {
                if let Some(direction) = proof.path.get_mut(at / 3) {
                    *direction ^= change & 1 == 1;
                }
            }
        }
    }
    let unchanged = data == honest_data && proof.lemma == honest.lemma && proof.path == honest.path;
    let verdict = verify_sector(&tree.root(), file.len() as u64, sector, &data, &proof);
    assert_eq!(verdict.is_ok(), unchanged);
});
