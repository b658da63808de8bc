//! What the statistics say of times, beside times that were measured outside.

use std::time::{Duration, Instant};

use aerostride_core::BatchPolicy;
use aerostride_devserver::Config;

use crate::stocked::Stocked;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batch_times_lie_between_what_the_server_took_and_what_was_measured_outside() {
    const DELAY: Duration = Duration::from_millis(30);
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let client = stocked.client().await;
    stocked.set_faults(&[format!("on=batch delay={}", DELAY.as_millis())]);
    let mut outside = Vec::new();
    for _ in 0..5 {
        let begin = Instant::now();
        stocked.read(&client, (0..10).collect(), BatchPolicy::default()).await.ended.unwrap();
        outside.push(begin.elapsed().as_micros() as f64);
    }
    let latency = client.stats().latency;
    // The histogram is right to 1 %.
    let least = DELAY.as_micros() as f64 * 0.99;
    let most = outside.iter().copied().fold(0.0, f64::max) * 1.01;
    assert_eq!(latency.count, 5);
    for seen in [latency.min, latency.p50, latency.p90, latency.p99, latency.max].map(|micros| micros as f64)
    {
        assert!((least..=most).contains(&seen), "{latency:?}, outside {outside:?}");
    }
    let sum: f64 = outside.iter().sum();
    assert!((least..=sum / 5.0 * 1.01).contains(&latency.mean), "{latency:?}, outside {outside:?}");
}
