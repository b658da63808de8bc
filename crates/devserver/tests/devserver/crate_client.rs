//! The `aerospike` crate, unchanged, as a client of the server.

use crate::support::{client, server};
use aerospike::{
    BatchDeletePolicy, BatchOperation, BatchPolicy, BatchReadPolicy, BatchWritePolicy, Bin, Bins, Expiration,
    GenerationPolicy, Key, ReadPolicy, RecordExistsAction, ResultCode, Value, WritePolicy, as_bin, as_key,
    operations,
};

fn code<T>(result: Result<T, aerospike::Error>) -> Option<ResultCode> {
    result.err().and_then(|error| error.server_result_code())
}

#[tokio::test]
async fn a_record_lives_through_put_get_touch_and_delete() {
    let server = server();
    let client = client(&server).await;
    let (read, write) = (ReadPolicy::default(), WritePolicy::default());
    let key = as_key!("test", "demo", "one");

    assert!(!client.exists(&read, &key).await.unwrap());
    let bins = [
        as_bin!("int", 7_i64),
        as_bin!("double", 2.5),
        as_bin!("text", "héllo"),
        Bin::new("blob", Value::Blob(vec![0, 1, 255])),
        as_bin!("flag", true),
        Bin::new("list", Value::List(vec![Value::from(1), Value::from("a")])),
    ];
    client.put(&write, &key, &bins).await.unwrap();
    assert!(client.exists(&read, &key).await.unwrap());

    let record = client.get(&read, &key, Bins::All).await.unwrap();
    assert_eq!((record.generation, record.bins.len()), (1, bins.len()));
    for bin in &bins {
        assert_eq!(record.bins[&bin.name], bin.value, "{}", bin.name);
    }
    let some = client.get(&read, &key, Bins::from(["int", "nope"])).await.unwrap();
    assert_eq!(some.bins.len(), 1);
    let none = client.get(&read, &key, Bins::None).await.unwrap();
    assert_eq!((none.generation, none.bins.len()), (1, 0));

    client.touch(&write, &key).await.unwrap();
    assert_eq!(client.get(&read, &key, Bins::None).await.unwrap().generation, 2);
    assert!(client.delete(&write, &key).await.unwrap());
    assert!(!client.delete(&write, &key).await.unwrap());
    let gone = client.get(&read, &key, Bins::All).await;
    assert_eq!(code(gone), Some(ResultCode::KeyNotFoundError));
    assert_eq!(code(client.touch(&write, &key).await), Some(ResultCode::KeyNotFoundError));
    client.close().await.unwrap();
}

#[tokio::test]
async fn write_policies_are_kept() {
    let server = server();
    let client = client(&server).await;
    let key = as_key!("test", "demo", "policies");
    let bins = [as_bin!("a", 1)];
    let with = |action| WritePolicy { record_exists_action: action, ..WritePolicy::default() };
    let expecting = |generation| WritePolicy {
        generation_policy: GenerationPolicy::ExpectGenEqual,
        generation,
        ..WritePolicy::default()
    };

    let absent = client.put(&with(RecordExistsAction::UpdateOnly), &key, &bins).await;
    assert_eq!(code(absent), Some(ResultCode::KeyNotFoundError));
    let absent = client.put(&with(RecordExistsAction::ReplaceOnly), &key, &bins).await;
    assert_eq!(code(absent), Some(ResultCode::KeyNotFoundError));
    client.put(&with(RecordExistsAction::CreateOnly), &key, &bins).await.unwrap();
    let again = client.put(&with(RecordExistsAction::CreateOnly), &key, &bins).await;
    assert_eq!(code(again), Some(ResultCode::KeyExistsError));
    assert_eq!(code(client.put(&expecting(9), &key, &bins).await), Some(ResultCode::GenerationError));
    client.put(&expecting(1), &key, &[as_bin!("b", 2)]).await.unwrap();
    client.put(&with(RecordExistsAction::Replace), &key, &[as_bin!("c", 3)]).await.unwrap();

    let record = client.get(&ReadPolicy::default(), &key, Bins::All).await.unwrap();
    assert_eq!(record.bins.into_iter().collect::<Vec<_>>(), [("c".to_owned(), Value::from(3))]);
    assert_eq!(record.generation, 3);
}

#[tokio::test]
async fn a_ttl_is_seconds_from_now() {
    let server = server();
    let client = client(&server).await;
    let key = as_key!("test", "demo", "ttl");
    let policy = WritePolicy { expiration: Expiration::Seconds(1000), ..WritePolicy::default() };
    client.put(&policy, &key, &[as_bin!("a", 1)]).await.unwrap();
    let record = client.get(&ReadPolicy::default(), &key, Bins::None).await.unwrap();
    let left = record.time_to_live().unwrap().as_secs();
    assert!((990..=1001).contains(&left), "{left} s");

    let forever = WritePolicy { expiration: Expiration::Never, ..WritePolicy::default() };
    client.put(&forever, &key, &[as_bin!("a", 1)]).await.unwrap();
    let record = client.get(&ReadPolicy::default(), &key, Bins::None).await.unwrap();
    assert_eq!(record.time_to_live(), None);
}

#[tokio::test]
async fn operate_changes_and_reads_in_one_step() {
    let server = server();
    let client = client(&server).await;
    let key = as_key!("test", "demo", "operate");
    let policy = WritePolicy::default();
    client.put(&policy, &key, &[as_bin!("n", 1), as_bin!("s", "b")]).await.unwrap();
    let (five, tail, head) = (as_bin!("n", 5), as_bin!("s", "c"), as_bin!("s", "a"));
    let ops = [
        operations::add(&five),
        operations::append(&tail),
        operations::prepend(&head),
        operations::get_bin("n"),
        operations::get_bin("s"),
        operations::touch(),
    ];
    let record = client.operate(&policy, &key, &ops).await.unwrap();
    let results = record.results.unwrap();
    assert_eq!((&results[3], &results[4]), (&Value::from(6), &Value::from("abc")));

    let text = as_bin!("n", "text");
    let mismatch = client.operate(&policy, &key, &[operations::append(&text)]).await;
    assert_eq!(code(mismatch), Some(ResultCode::BinTypeError));
    let ops = [operations::get_bin("n"), operations::delete()];
    let record = client.operate(&policy, &key, &ops).await.unwrap();
    assert_eq!(record.results.unwrap()[0], Value::from(6));
    assert!(!client.exists(&ReadPolicy::default(), &key).await.unwrap());
}

#[tokio::test]
async fn a_batch_answers_every_key_once() {
    let server = server();
    let client = client(&server).await;
    let keys: Vec<Key> = (0..3000).map(|i| as_key!("test", "batch", i)).collect();
    let writes = BatchWritePolicy::default();
    let bins: Vec<Bin> = (0..3000).map(|i| as_bin!("i", i)).collect();
    let text = as_bin!("text", "x".repeat(200));
    let mut ops: Vec<_> = keys
        .iter()
        .zip(&bins)
        .filter(|(_, bin)| bin.value != Value::from(77))
        .map(|(key, bin)| {
            BatchOperation::write(&writes, key.clone(), vec![operations::put(bin), operations::put(&text)])
        })
        .collect();
    client.batch(&BatchPolicy::write_default(), &mut ops).await.unwrap();
    assert!(ops.iter().all(|op| op.result_code() == Some(ResultCode::Ok)));

    let reads = BatchReadPolicy::default();
    let mut ops: Vec<_> =
        keys.iter().map(|key| BatchOperation::read(&reads, key.clone(), Bins::from(["i", "text"]))).collect();
    client.batch(&BatchPolicy::default(), &mut ops).await.unwrap();
    for (i, op) in ops.iter().enumerate() {
        if i == 77 {
            assert_eq!(op.result_code(), Some(ResultCode::KeyNotFoundError));
        } else {
            let bins = &op.record().unwrap().bins;
            assert_eq!((&bins["i"], &bins["text"]), (&Value::from(i as i64), &text.value), "row {i}");
        }
    }

    let deletes = BatchDeletePolicy::default();
    let mut ops: Vec<_> =
        keys[76..79].iter().map(|key| BatchOperation::delete(&deletes, key.clone())).collect();
    client.batch(&BatchPolicy::write_default(), &mut ops).await.unwrap();
    let codes: Vec<_> = ops.iter().map(BatchOperation::result_code).collect();
    assert_eq!(codes, [Some(ResultCode::Ok), Some(ResultCode::KeyNotFoundError), Some(ResultCode::Ok)]);
}
