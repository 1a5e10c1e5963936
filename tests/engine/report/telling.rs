//! What a report counts, and what it does not know.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_day_is_compared_with_the_same_part_of_the_day_before_and_with_days_of_its_kind() {
    let world = idle().await;
    let mut writes = vec![device("laptop", at("2026-10-01T00:00:00Z"))];
    // 3 to 10 November: Tuesday to Tuesday; the weekend of the 7th is busy.
    for day in 3..=10_u64 {
        let date = format!("2026-11-{day:02}");
        let mib = if (7..=8).contains(&day) { 1000 } else { 10 * day };
        let noon = at(&format!("{date}T12:00:00Z"));
        writes.push(flow("laptop", &date, noon, (FlowKind::Proxy, "hk"), mib));
        writes.push(watched(
            "laptop",
            &format!("{date}T11:00:00Z"),
            &format!("{date}T13:00:00Z"),
        ));
    }
    // The day before, after the report's time of day.
    writes.push(flow(
        "laptop",
        "2026-11-09",
        at("2026-11-09T23:57:00Z"),
        (FlowKind::Proxy, "hk"),
        500,
    ));
    write(&world.store, writes).await;
    world.engine.run().await.unwrap();
    world.pass(DAY).await;
    let traffic = reports(&world).pop().unwrap().traffic.unwrap();
    assert_eq!(traffic.sum.unwrap().proxy.down, 100 * MIB);
    assert_eq!(
        traffic.before.unwrap().proxy.down,
        90 * MIB,
        "cut at 23:55 as well"
    );
    let usual = traffic.usual.unwrap();
    // Working days 3, 4, 5, 6 and 9: 30 + 40 + 50 + 60 + 590.
    assert_eq!((usual.of, usual.weekend, usual.proxy), (5, false, 770 * MIB / 5));
    let days: Vec<_> = traffic.days.iter().filter_map(|day| day.proxy).collect();
    assert_eq!(
        (traffic.days.len(), days.len()),
        (30, 8),
        "days nobody watched are unknown"
    );
    assert_eq!(days.last(), Some(&(100 * MIB)));
}

#[tokio::test(start_paused = true)]
async fn each_device_tells_how_much_of_it_was_watched() {
    let world = idle().await;
    write(
        &world.store,
        vec![
            restarted(),
            device("phone", at("2026-11-10T12:00:00Z")),
            device("nas", at("2026-11-10T00:00:00Z")),
            watched("laptop", "2026-11-09T20:00:00Z", "2026-11-10T23:55:00Z"),
            watched("phone", "2026-11-10T12:00:00Z", "2026-11-10T14:00:00Z"),
            flow(
                "phone",
                "2026-11-10",
                at("2026-11-10T13:00:00Z"),
                (FlowKind::Proxy, "hk"),
                4,
            ),
            flow(
                "laptop",
                "2026-11-10",
                at("2026-11-10T13:00:00Z"),
                (FlowKind::Direct, ""),
                2,
            ),
        ],
    )
    .await;
    world.engine.run().await.unwrap();
    world.pass(DAY).await;
    let traffic = reports(&world).pop().unwrap().traffic.unwrap();
    let of = |name: &str| traffic.devices.iter().find(|device| device.name == name).unwrap();
    let day = 23 * HOUR + 55 * MINUTE;
    let (laptop, phone, nas) = (of("my laptop"), of("my phone"), of("my nas"));
    assert_eq!(
        (laptop.watched, laptop.of, laptop.heard),
        (day, day, DeviceHeard::Well)
    );
    assert_eq!(
        (phone.watched, phone.of),
        (2 * HOUR, day - 12 * HOUR),
        "since it is known"
    );
    let silent = DeviceHeard::Silent {
        since: Some(at("2026-11-10T14:00:00Z")),
    };
    assert_eq!(phone.heard, silent);
    assert_eq!((nas.watched, nas.heard), (0, DeviceHeard::Silent { since: None }));
    assert_eq!(traffic.unwatched(), (day - 14 * HOUR) + day);
    assert_eq!(traffic.nodes.len(), 1, "direct has no node");
    assert_eq!((laptop.restarts, phone.restarts), (3, 0), "of that day alone");
}

#[tokio::test(start_paused = true)]
async fn a_day_nobody_watched_is_unknown_and_not_nothing() {
    let world = running().await;
    world.pass(DAY).await;
    let traffic = reports(&world).pop().unwrap().traffic.unwrap();
    assert_eq!((traffic.sum, traffic.before, traffic.usual), (None, None, None));
}

#[tokio::test(start_paused = true)]
async fn the_head_of_the_audit_chain_is_that_of_before_the_report() {
    let world = running().await;
    let before = world.store.audit_head().await.unwrap();
    world.pass(DAY).await;
    let mark = reports(&world).pop().unwrap().audit.unwrap();
    assert_eq!((mark.seq, mark.hash), (before.seq, before.hash));
    let now = world.store.audit_head().await.unwrap();
    assert_eq!(now.seq, before.seq + 1, "the report itself is in the chain");
}
