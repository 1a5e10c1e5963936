//! A code becomes a device and its token, once; later starts know them.

use tidegate_agent::{AgentError, Identity, Options, Place};
use tidegate_meter::Lang;

use crate::server::{CODE, CODE_AGAIN, Fault};
use crate::world::World;

fn without_code(world: &World) -> Options {
    Options {
        code: None,
        place: None,
        ..world.options()
    }
}

#[tokio::test]
async fn a_code_becomes_a_device_that_later_starts_know() {
    let mut world = World::new().await;
    let options = world.options();
    let agent = world.begin(options).await.unwrap();
    assert_eq!(agent.identity().device.as_str(), "router");
    assert_eq!(agent.identity().name, "书房");
    drop(agent);
    let options = without_code(&world);
    let agent = world.begin(options).await.unwrap();
    assert_eq!(agent.identity().device.as_str(), "router");
    world.server.books(|books| {
        assert_eq!(books.enrolled.len(), 1);
        assert!(!books.enrolled[0].system.is_empty() && !books.enrolled[0].agent.is_empty());
    });
}

#[tokio::test]
async fn a_code_that_stands_in_a_unit_file_for_ever_is_used_once() {
    let mut world = World::new().await;
    for _ in 0..3 {
        let options = world.options();
        drop(world.begin(options).await.unwrap());
    }
    assert_eq!(world.server.books(|books| books.enrolled.len()), 1);
}

#[tokio::test]
async fn another_code_enrols_again_and_what_waits_is_kept_for_the_new_device() {
    let mut world = World::new().await;
    world.server.expect([Fault::Status(401)]);
    let running = world.start().await;
    world.carry(0, 0).await;
    world.carry(5, 50).await;
    world.until(|standing| standing.hand_in.is_barred).await;
    running.end().await;
    let again = Options {
        code: Some(CODE_AGAIN.into()),
        ..world.options()
    };
    let agent = world.begin(again).await.unwrap();
    assert_eq!(agent.identity().device.as_str(), "laptop");
    let running = tokio::spawn(agent.run(std::future::pending()));
    world
        .until(|standing| standing.load.batches == 0 && standing.hand_in.why.is_empty())
        .await;
    assert_eq!(world.server.sum(), (5, 50));
    world.server.assert_one_epoch_without_gap();
    running.abort();
}

#[cfg(unix)]
#[tokio::test]
async fn the_token_lies_in_a_file_of_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut world = World::new().await;
    let options = world.options();
    let told = format!("{options:?}");
    drop(world.begin(options).await.unwrap());
    let path = world.folder().join("identity.json");
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    assert!(std::fs::read_to_string(&path).unwrap().contains("FAKE-token"));
    assert!(
        !std::fs::read_to_string(&path).unwrap().contains(CODE),
        "a used code is not kept"
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let options = without_code(&world);
    drop(world.begin(options).await.unwrap());
    let known = Identity::load(&world.folder()).unwrap().unwrap();
    assert_eq!(mode(), 0o600, "what others could read is taken back");
    let told = format!("{told} {known:?}");
    assert!(!told.contains("FAKE"), "{told}");
}

#[tokio::test]
async fn each_refusal_says_what_to_do_in_both_languages() {
    for (fault, zh, en) in [
        (Fault::Status(403), "--code", "--code"),
        (Fault::Status(410), "--code", "works once"),
        (Fault::Status(429), "等几分钟", "wait a few minutes"),
        (Fault::Status(404), "--report-to", "--report-to"),
        (Fault::Status(500), "稍后", "later"),
        (Fault::Page, "--report-to", "not Tidegate"),
    ] {
        let mut world = World::new().await;
        world.server.books(|books| books.welcome.push_back(fault.clone()));
        let options = world.options();
        let error = world.begin(options).await.err().expect("it is refused");
        let (said_zh, said_en) = (error.say(Lang::Zh), error.say(Lang::En));
        assert!(said_zh.contains(zh), "{fault:?}: {said_zh}");
        assert!(said_en.contains(en), "{fault:?}: {said_en}");
        let all = format!("{said_zh} {said_en} {error} {error:?}");
        assert!(!all.contains(CODE), "{all}");
        assert!(
            Identity::load(&world.folder()).unwrap().is_none(),
            "nothing is half enrolled"
        );
    }
}

#[tokio::test]
async fn a_start_without_a_code_or_a_place_says_which_is_missing() {
    let mut world = World::new().await;
    let options = without_code(&world);
    let error = world.begin(options).await.err().unwrap();
    assert!(matches!(error, AgentError::NoReportTo) && error.is_usage());
    let options = Options {
        code: None,
        ..world.options()
    };
    let error = world.begin(options).await.err().unwrap();
    assert!(matches!(error, AgentError::NoCode) && error.say(Lang::En).contains("--code"));
}

#[tokio::test]
async fn a_token_is_never_shown_to_another_place() {
    let mut world = World::new().await;
    let options = world.options();
    drop(world.begin(options).await.unwrap());
    let options = Options {
        code: None,
        place: Some(Place::new("https://elsewhere.example", false).unwrap()),
        ..world.options()
    };
    let error = world.begin(options).await.err().unwrap();
    let said = error.say(Lang::En);
    assert!(
        said.contains(&world.server.address) && said.contains("elsewhere.example"),
        "{said}"
    );
}

#[tokio::test]
async fn a_damaged_state_file_is_named_and_nothing_is_lost() {
    let mut world = World::new().await;
    let options = world.options();
    drop(world.begin(options).await.unwrap());
    std::fs::write(world.folder().join("identity.json"), "{").unwrap();
    let options = world.options();
    let error = world.begin(options).await.err().unwrap();
    assert!(error.say(Lang::En).contains("identity.json"), "{error}");
}

#[tokio::test]
async fn two_agents_never_share_a_folder() {
    let mut world = World::new().await;
    let options = world.options();
    let first = world.begin(options).await.unwrap();
    let options = world.options();
    let error = world.begin(options).await.err().expect("the second is refused");
    assert!(matches!(error, AgentError::InUse { .. }), "{error}");
    assert!(error.say(Lang::En).contains("--home"), "{error}");
    drop(first);
    let options = world.options();
    world.begin(options).await.unwrap();
}
