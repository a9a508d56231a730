use zgkit_merkle::Hash;

/// The number before, as a hash.
pub fn less_one(mut hash: Hash) -> Hash {
    let last = hash.iter().rposition(|&byte| byte > 0).expect("no hash is zero");
    hash[last] -= 1;
    hash[last + 1..].fill(0xff);
    hash
}
