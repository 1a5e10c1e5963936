//! The program as a guard process carries it: backups over a running guard, one stream of changes, settings.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use kit::{Stage, ask, guards, items, meters, save_account, until};
use serde_json::{Value, json};
use tidegate_api::door::{Door, Scope};
use tidegate_api::request::SettingsChange;
use tidegate_api::response::{
    BackupView, GuardDefaults, LanguageChoice, MadeToken, ModeName, QuietHoursView, RestoredView,
    SettingsView, ThemeChoice,
};
use tidegate_api::words::{ActionKind, AuditVerdict, SecretString};
use tidegate_api::{Changes, Desktop, DesktopError, ErrorCode, Face, Hosted, Request, Response, VaultChoice};

async fn hosted(stage: &Stage) -> Hosted {
    Hosted::open(stage.options.clone()).await.unwrap()
}

async fn backups(face: &dyn Face) -> Vec<BackupView> {
    match ask(face, Request::Backups).await {
        Response::Backups(backups) => backups,
        other => panic!("{other:?}"),
    }
}

async fn backup(face: &dyn Face) -> BackupView {
    match ask(face, Request::BackupNow).await {
        Response::Backup(backup) => backup,
        other => panic!("{other:?}"),
    }
}

async fn made(face: &dyn Face, name: &str) -> MadeToken {
    let request = Request::CreateToken {
        name: name.to_owned(),
        scopes: vec![Scope::Read],
        seconds: None,
    };
    match ask(face, request).await {
        Response::MadeToken(made) => made,
        other => panic!("{other:?}"),
    }
}

async fn restored(face: &dyn Face, name: &str) -> RestoredView {
    let request = Request::RestoreBackup {
        name: name.to_owned(),
    };
    match ask(face, request).await {
        Response::Restored(view) => view,
        other => panic!("{other:?}"),
    }
}

async fn settings(face: &dyn Face) -> SettingsView {
    match ask(face, Request::Settings).await {
        Response::Settings(view) => *view,
        other => panic!("{other:?}"),
    }
}

async fn save(face: &dyn Face, change: SettingsChange) -> SettingsView {
    match ask(face, Request::SaveSettings { change }).await {
        Response::Settings(view) => *view,
        other => panic!("{other:?}"),
    }
}

/// Every event until the wanted one.
async fn hear(changes: &mut Changes, wanted: &str) -> Vec<Value> {
    let mut heard = Vec::new();
    loop {
        let batch = changes.recv().await.unwrap();
        for event in batch["events"].as_array().unwrap() {
            heard.push(event.clone());
        }
        if heard.iter().any(|event| event["event"] == wanted) {
            return heard;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_restored_over_a_running_guard_that_guards_on_and_only_watches() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(home.path());
    // A vault that outlives the reopening, as a keychain does.
    stage.options.vault = VaultChoice::File {
        passphrase: SecretString::from("FAKE-passphrase"),
    };
    let program = hosted(&stage).await;
    save_account(&program, &stage).await;
    program.run().await.unwrap();
    let arm = Request::Arm {
        guard: "hw-traffic".parse().unwrap(),
        seconds: 3600,
    };
    ask(&program, arm).await;
    let made = backup(&program).await;
    assert!(made.bytes > 0 && made.name.starts_with("manual-"), "{made:?}");
    ask(
        &program,
        Request::Save {
            items: items(vec![kit::account("later")], Vec::new(), Vec::new()),
            remove: Vec::new(),
            secrets: [("later".to_owned(), stage.secrets())].into(),
        },
    )
    .await;
    let mut changes = program.changes();
    let view = restored(&program, &made.name).await;
    assert!(view.kept.starts_with("before-restore-"), "{view:?}");
    assert_eq!(view.disarmed, ["hw-traffic".parse().unwrap()]);
    // The stream went on, and told that everything must be read anew.
    hear(&mut changes, "reopened").await;
    let Response::Accounts(accounts) = ask(&program, Request::Accounts).await else {
        panic!("no accounts");
    };
    assert_eq!(accounts.len(), 1);
    let Response::Guards(guards) = ask(&program, guards()).await else {
        panic!("no guards");
    };
    assert_eq!(guards[0].mode, ModeName::Watch);
    let Response::Status(status) = ask(&program, Request::Status).await else {
        panic!("no status");
    };
    assert!(status.running && status.holder);
    until(&program, meters(), |answer| {
        matches!(answer, Response::Meters(view) if view.meters.iter().any(|meter| meter.remaining.is_some()))
    })
    .await;
    // What stood before can be brought back in turn.
    restored(&program, &view.kept).await;
    let Response::Accounts(accounts) = ask(&program, Request::Accounts).await else {
        panic!("no accounts");
    };
    assert_eq!(accounts.len(), 2);
    let Response::AuditVerdict(verdict) = ask(&program, Request::AuditVerify).await else {
        panic!("no verdict");
    };
    assert!(matches!(verdict, AuditVerdict::Intact { .. }), "{verdict:?}");
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_wait_while_the_database_is_replaced_and_none_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = Arc::new(hosted(&stage).await);
    save_account(&*program, &stage).await;
    program.run().await.unwrap();
    let made = backup(&*program).await;
    let over = Arc::new(AtomicBool::new(false));
    let asking = {
        let (program, over) = (Arc::clone(&program), Arc::clone(&over));
        tokio::spawn(async move {
            let mut asked = 0_u32;
            while !over.load(Ordering::Acquire) {
                program.handle(Request::Status, "test").await.unwrap();
                asked += 1;
                tokio::task::yield_now().await;
            }
            asked
        })
    };
    restored(&*program, &made.name).await;
    over.store(true, Ordering::Release);
    assert!(asking.await.unwrap() > 0);
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_sound_backup_changes_nothing_and_the_guard_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    save_account(&program, &stage).await;
    program.run().await.unwrap();
    std::fs::create_dir_all(home.path().join("backups")).unwrap();
    std::fs::write(home.path().join("backups/manual-broken.db"), b"no database").unwrap();
    let ask_for = |name: &str| Request::RestoreBackup {
        name: name.to_owned(),
    };
    for outside in ["../tidegate.db", "/etc/passwd", "nobody.db", ""] {
        let error = program.handle(ask_for(outside), "test").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotFound, "{outside}");
    }
    let error = program
        .handle(ask_for("manual-broken.db"), "test")
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::BadRequest, "{error:?}");
    let Response::Status(status) = ask(&program, Request::Status).await else {
        panic!("no status");
    };
    assert!(status.running && status.accounts.len() == 1);
    program.stop().await;
}

#[tokio::test]
async fn a_token_that_was_revoked_does_not_come_back_with_a_backup() {
    let home = tempfile::tempdir().unwrap();
    let program = hosted(&Stage::new(home.path())).await;
    program.run().await.unwrap();
    let (kept, revoked) = (made(&program, "kept").await, made(&program, "revoked").await);
    let backup = backup(&program).await;
    let token = revoked.token.id;
    ask(&program, Request::RevokeToken { token }).await;
    restored(&program, &backup.name).await;
    assert!(program.admit(&kept.secret.0).await.unwrap().is_some());
    assert_eq!(program.admit(&revoked.secret.0).await.unwrap(), None);
    program.stop().await;
}

#[tokio::test]
async fn backups_are_listed_newest_first_and_only_ours() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    assert!(backups(&program).await.is_empty());
    let first = backup(&program).await;
    let second = backup(&program).await;
    std::fs::write(home.path().join("backups/notes.txt"), b"mine").unwrap();
    std::fs::create_dir(home.path().join("backups/manual-folder.db")).unwrap();
    let mut names: Vec<String> = backups(&program)
        .await
        .into_iter()
        .map(|backup| backup.name)
        .collect();
    names.sort_unstable();
    let mut made = vec![first.name, second.name];
    made.sort_unstable();
    assert_eq!(names, made);
    program.stop().await;
}

#[tokio::test]
async fn a_program_that_nobody_hosts_says_that_it_cannot_reopen_itself() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let request = Request::RestoreBackup {
        name: "x.db".to_owned(),
    };
    assert_eq!(
        app.handle(request, "test").await.unwrap_err().code,
        ErrorCode::NotRunning
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_has_no_gap_and_ends_with_the_program() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    let mut changes = program.changes();
    save_account(&program, &stage).await;
    program.run().await.unwrap();
    until(&program, meters(), |answer| {
        matches!(answer, Response::Meters(view) if view.meters.iter().any(|meter| meter.remaining.is_some()))
    })
    .await;
    program.stop().await;
    let mut numbers = Vec::new();
    while let Ok(batch) = changes.recv().await {
        numbers.push(batch["seq"].as_u64().unwrap());
    }
    let expected: Vec<u64> = (0..numbers.len() as u64).collect();
    assert_eq!(numbers, expected);
    assert!(!numbers.is_empty());
    assert!(program.changes().recv().await.is_err());
}

#[tokio::test]
async fn settings_are_kept_audited_and_told() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    let before = settings(&program).await;
    assert_eq!(
        (before.language, before.theme),
        (LanguageChoice::System, ThemeChoice::System)
    );
    assert!(!before.welcomed && before.quiet_hours.is_none() && before.start_at_login.is_none());
    assert_eq!(before.guard_defaults.action, ActionKind::Stop);
    let quiet = QuietHoursView {
        start: "22:30".to_owned(),
        end: "07:00".to_owned(),
        zone: "Asia/Shanghai".to_owned(),
    };
    let mut changes = program.changes();
    let after = save(
        &program,
        SettingsChange {
            language: Some(LanguageChoice::Zh),
            quiet_hours: Some(Some(quiet.clone())),
            welcomed: Some(true),
            ..SettingsChange::default()
        },
    )
    .await;
    hear(&mut changes, "settings").await;
    assert_eq!(after.quiet_hours, Some(quiet.clone()));
    program.stop().await;
    // Another process finds them, and null ends the quiet hours.
    let program = hosted(&stage).await;
    let found = settings(&program).await;
    assert_eq!(
        (found.language, found.welcomed, found.quiet_hours),
        (LanguageChoice::Zh, true, Some(quiet))
    );
    let change: SettingsChange = serde_json::from_value(json!({ "quiet_hours": null })).unwrap();
    let ended = save(&program, change).await;
    assert_eq!((ended.quiet_hours, ended.language), (None, LanguageChoice::Zh));
    let Response::Audit(rows) = ask(
        &program,
        Request::Audit {
            after: 0,
            limit: 50,
            before: None,
            lang: None,
        },
    )
    .await
    else {
        panic!("no audit");
    };
    let saved: Vec<&Value> = rows
        .iter()
        .filter(|row| row.event == "settings.saved" && row.actor == "test")
        .map(|row| &row.facts["changed"])
        .collect();
    assert_eq!(
        saved,
        [
            &json!(["language", "welcomed", "quiet_hours"]),
            &json!(["quiet_hours"])
        ]
    );
    program.stop().await;
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_by_their_field() {
    let home = tempfile::tempdir().unwrap();
    let program = hosted(&Stage::new(home.path())).await;
    let refused = async |change: Value| {
        let change: SettingsChange = serde_json::from_value(change).unwrap();
        program
            .handle(Request::SaveSettings { change }, "test")
            .await
            .unwrap_err()
    };
    let quiet = refused(json!({ "quiet_hours": { "start": "22:00", "end": "7", "zone": "UTC" } })).await;
    assert_eq!(quiet.code, ErrorCode::BadRequest);
    let zone = refused(json!({ "quiet_hours": { "start": "22:00", "end": "07:00", "zone": "Moon" } })).await;
    assert!(zone.detail.contains("time zone"), "{zone:?}");
    let defaults = GuardDefaults {
        steps: vec!["lots".to_owned()],
        limit: None,
        action: ActionKind::Stop,
        countdown: "60s".to_owned(),
    };
    let wrong = refused(json!({ "guard_defaults": defaults })).await;
    let mut paths: Vec<&str> = wrong
        .findings
        .iter()
        .map(|finding| finding.path.as_str())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["guard_defaults.limit", "guard_defaults.steps[0]"]);
    let login = refused(json!({ "start_at_login": true })).await;
    assert_eq!(login.code, ErrorCode::Refused);
    assert_eq!(settings(&program).await.guard_defaults.countdown, "1m");
    assert!(serde_json::from_value::<SettingsChange>(json!({ "colour": "red" })).is_err());
}

/// A desktop that starts the program at login, or cannot.
#[derive(Default)]
struct Login {
    on: AtomicBool,
    broken: Mutex<Option<DesktopError>>,
}

impl Desktop for Login {
    fn start_at_login(&self) -> Result<bool, DesktopError> {
        match self.broken.lock().unwrap().clone() {
            Some(error) => Err(error),
            None => Ok(self.on.load(Ordering::Acquire)),
        }
    }

    fn set_start_at_login(&self, on: bool) -> Result<(), DesktopError> {
        if let Some(error) = self.broken.lock().unwrap().clone() {
            return Err(error);
        }
        self.on.store(on, Ordering::Release);
        Ok(())
    }
}

#[tokio::test]
async fn start_at_login_is_what_the_desktop_says() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(home.path());
    let login = Arc::new(Login::default());
    stage.options.desktop = Some(login.clone());
    let program = hosted(&stage).await;
    assert_eq!(settings(&program).await.start_at_login, Some(false));
    let on = SettingsChange {
        start_at_login: Some(true),
        ..SettingsChange::default()
    };
    assert_eq!(save(&program, on.clone()).await.start_at_login, Some(true));
    assert!(login.on.load(Ordering::Acquire));
    *login.broken.lock().unwrap() = Some(DesktopError("the autostart folder cannot be written".to_owned()));
    let error = program
        .handle(Request::SaveSettings { change: on }, "test")
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::Outside);
    assert!(error.detail.contains("autostart"), "{error:?}");
    assert_eq!(settings(&program).await.start_at_login, None);
    program.stop().await;
}

#[tokio::test]
async fn a_channel_shows_what_it_said_last_also_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let program = hosted(&stage).await;
    let channel = json!({ "id": "screen", "kind": "desktop" });
    ask(
        &program,
        Request::Save {
            items: items(Vec::new(), vec![channel], Vec::new()),
            remove: Vec::new(),
            secrets: Default::default(),
        },
    )
    .await;
    let view = async |program: &Hosted| match ask(program, Request::Channels).await {
        Response::Channels(channels) => channels[0].clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(view(&program).await.last_success, None);
    let test = Request::TestChannel {
        channel: "screen".parse().unwrap(),
    };
    ask(&program, test.clone()).await;
    let taken = view(&program).await;
    assert!(taken.last_success.is_some() && taken.last_error.is_none() && taken.waiting == 0);
    program.stop().await;
    drop(program);
    // The same home without a display: the channel says what is missing, and when it last worked.
    let mut blind = Stage::new(home.path());
    blind.options.notices = None;
    let program = hosted(&blind).await;
    assert_eq!(view(&program).await.last_success, taken.last_success);
    assert!(program.handle(test, "test").await.is_err());
    let refused = view(&program).await;
    assert_eq!(refused.last_success, taken.last_success);
    assert!(refused.last_error.unwrap().1.contains("桌面"));
    program.stop().await;
}
