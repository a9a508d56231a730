//! Data of key-value streams.

use serde::Deserialize;
use zgkit_chain::*;
use zgkit_hash::keccak256;
use zgkit_testdata::{Bytes, Int, list};

#[test]
fn kv_of_the_published_sdks() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        unsorted: Bytes,
        sorted: Bytes,
        tags: Bytes,
        tags_sorted: Bytes,
        id1: Bytes,
        id2: Bytes,
    }

    let kv: Vec<Row> = list("storage/client_features.json", "kv");
    assert_eq!(kv.len(), 1);
    for row in &kv {
        let write = |id: &Bytes, key: &str, data: &[u8]| StreamWrite {
            stream_id: id.hash(),
            key: key.into(),
            data: data.to_vec(),
        };
        let value = &keccak256(b"miscv")[..20];
        let writes = vec![
            write(&row.id2, "key-b", b"value-b"),
            write(&row.id1, "key-a", value),
            write(&row.id1, "k", b""),
        ];
        let mut data = StreamData { version: 1, writes, ..StreamData::default() };
        assert_eq!(data.encode(), Ok(row.unsorted.0.clone()));
        assert_eq!(StreamData::decode(&row.unsorted.0), Ok(data.clone()));
        assert_eq!((data.tags(), data.sorted_tags()), (row.tags.0.clone(), row.tags_sorted.0.clone()));
        assert_eq!(stream_ids(&row.tags.0), Some(vec![row.id2.hash(), row.id1.hash()]));
        data.sort();
        assert_eq!(data.encode(), Ok(row.sorted.0.clone()));
    }
}

#[test]
fn kv() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        version: Int,
        reads: Vec<Entry>,
        writes: Vec<Entry>,
        controls: Vec<Control>,
        encoded: Bytes,
        sorted: Bytes,
        tags: Bytes,
        sorted_tags: Bytes,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        stream_id: Bytes,
        key: Bytes,
        data: Option<Bytes>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Control {
        kind: String,
        stream_id: Bytes,
        key: Option<Bytes>,
        account: Option<Bytes>,
    }
    let access = |control: &Control| {
        let key = || control.key.clone().unwrap().0;
        let account = || control.account.as_ref().unwrap().array();
        match &control.kind[..] {
            "grantAdmin" => Access::GrantAdmin(account()),
            "renounceAdmin" => Access::RenounceAdmin,
            "setKeySpecial" => Access::SetKeySpecial(key()),
            "setKeyNormal" => Access::SetKeyNormal(key()),
            "grantWrite" => Access::GrantWrite(account()),
            "revokeWrite" => Access::RevokeWrite(account()),
            "renounceWrite" => Access::RenounceWrite,
            "grantSpecialWrite" => Access::GrantSpecialWrite(key(), account()),
            "revokeSpecialWrite" => Access::RevokeSpecialWrite(key(), account()),
            "renounceSpecialWrite" => Access::RenounceSpecialWrite(key()),
            kind => panic!("unknown kind {kind}"),
        }
    };

    let rows: Vec<Row> = list("chain/kv.json", "rows");
    let mut controls = 0;
    for row in &rows {
        let read = |entry: &Entry| StreamRead { stream_id: entry.stream_id.hash(), key: entry.key.0.clone() };
        let write = |entry: &Entry| StreamWrite {
            stream_id: entry.stream_id.hash(),
            key: entry.key.0.clone(),
            data: entry.data.clone().unwrap().0,
        };
        let control = |control: &Control| StreamControl {
            stream_id: control.stream_id.hash(),
            access: access(control),
        };
        let mut data = StreamData {
            version: row.version.u64(),
            reads: row.reads.iter().map(read).collect(),
            writes: row.writes.iter().map(write).collect(),
            controls: row.controls.iter().map(control).collect(),
        };
        assert_eq!(data.encode(), Ok(row.encoded.0.clone()));
        assert_eq!(StreamData::decode(&row.encoded.0), Ok(data.clone()));
        assert_eq!((data.tags(), data.sorted_tags()), (row.tags.0.clone(), row.sorted_tags.0.clone()));
        data.sort();
        assert_eq!(data.encode(), Ok(row.sorted.0.clone()));
        controls += data.controls.len();
    }
    assert_eq!((rows.len(), controls), (10, 90));
}
