//! A plain binary Merkle tree, for any hash function.

const SECTOR: usize = 256;
const HASH: usize = 32;

/// The sectors of data that makes up a tree in which every node has two children.
///
/// # Errors
/// Unless it is a power of two of whole sectors.
pub fn sectors_of(data: &[u8]) -> Result<&[[u8; SECTOR]], String> {
    match data.as_chunks() {
        (sectors, []) if sectors.len().is_power_of_two() => Ok(sectors),
        _ => Err("a Merkle tree takes a power of two of whole sectors here".into()),
    }
}

/// Root over what [`sectors_of`] gives; one buffer for all levels.
pub fn merkle_root(sectors: &[[u8; SECTOR]], hash: impl Fn(&[u8]) -> [u8; HASH]) -> [u8; HASH] {
    let mut nodes: Vec<[u8; HASH]> = sectors.iter().map(|sector| hash(sector)).collect();
    let mut count = nodes.len();
    while count > 1 {
        count /= 2;
        for i in 0..count {
            nodes[i] = hash(nodes[2 * i..2 * i + 2].as_flattened());
        }
    }
    nodes[0]
}
