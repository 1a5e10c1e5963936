//! Sub-accounts: what is told of a disable and a restore, piece by piece.

use std::time::Duration;

use tidegate_channels::{ActionRef, Asked, Deed, Message, MeterRef, Opened, StillOver};
use tidegate_guard::{
    ActionKind, Piece, PieceState, PieceTold, PieceWhy, PowerState, Proof, Receipt, Severity, StepFacts,
    StopManner,
};
use tidegate_meter::{ByteBase, Currency, GuardId, MeterId, Quantity, Target, TargetId, TargetKind, Unit};

use super::{ago, ahead};

type Sample = (&'static str, Severity, Message);

fn target() -> Target {
    Target {
        kind: TargetKind::SubAccount,
        id: TargetId::new("60000001").unwrap(),
        name: "bob".to_owned(),
        region: String::new(),
    }
}

fn meter() -> MeterRef {
    MeterRef {
        behind_hours: Some(24),
        meter: MeterId::new("quota-60000001").unwrap(),
        meter_name: "bob 的额度".to_owned(),
        guard: GuardId::new("quotas").unwrap(),
        byte_base: ByteBase::Decimal,
        ..super::meter()
    }
}

fn money(yuan: i64) -> Quantity {
    Quantity::from_raw(yuan * 1_000_000, Unit::Money(Currency::CNY))
}

fn facts() -> StepFacts {
    StepFacts {
        headroom: Some(money(-12)),
        whole: Some(money(1000)),
        share: Some(Quantity::from_raw(1_012_000, Unit::Percent)),
        run_out: None,
        as_of: ago(3600),
    }
}

fn told(piece: Piece, state: PieceState) -> PieceTold {
    PieceTold {
        piece,
        state,
        why: None,
        at: (state == PieceState::Done).then(|| ago(5)),
    }
}

fn because(piece: Piece, state: PieceState, why: PieceWhy) -> PieceTold {
    PieceTold {
        why: Some(why),
        ..told(piece, state)
    }
}

fn key(id: &str) -> Piece {
    Piece::Key { id: id.to_owned() }
}

fn endpoint() -> Piece {
    Piece::Endpoint {
        id: "ep-20260101".to_owned(),
        name: "chat".to_owned(),
    }
}

fn server() -> Piece {
    Piece::Instance {
        id: "i-1".to_owned(),
        name: "web".to_owned(),
        region: "cn-beijing".to_owned(),
    }
}

fn refused() -> PieceWhy {
    PieceWhy::Refused {
        detail: "AccessDenied: iam:UpdateLoginProfile".to_owned(),
    }
}

fn action(kind: ActionKind, pieces: Vec<PieceTold>, over: Option<StillOver>) -> ActionRef {
    ActionRef {
        target: target(),
        guard: Some(GuardId::new("quotas").unwrap()),
        deed: (!pieces.is_empty()).then(|| Box::new(Deed { pieces, over })),
        ..super::action(kind)
    }
}

fn disable(pieces: Vec<PieceTold>) -> ActionRef {
    action(ActionKind::Stop, pieces, None)
}

fn proof(before: PowerState, after: PowerState) -> Proof {
    Proof {
        target: target(),
        before,
        receipt: Some(Receipt {
            job: None,
            request: None,
            at: ago(30),
        }),
        ..super::proof(after)
    }
}

fn verified(action: ActionRef, proof: Proof) -> Message {
    Message::ActionVerified {
        action,
        proof,
        took: Duration::from_secs(25),
        asked: Asked::Never,
    }
}

fn begun() -> Vec<Sample> {
    let asked = |piece| told(piece, PieceState::Asked);
    vec![
        (
            "quota_planned",
            Severity::Critical,
            Message::ActionPlanned {
                action: disable(Vec::new()),
                meter: meter(),
                facts: facts(),
                due: ahead(50),
                countdown: Duration::from_secs(60),
            },
        ),
        (
            "quota_requested",
            Severity::Warning,
            Message::ActionSent {
                action: disable(vec![
                    asked(Piece::Rights),
                    asked(key("AKLTFAKE1")),
                    because(Piece::Login, PieceState::Failed, refused()),
                    asked(endpoint()),
                    asked(server()),
                ]),
                manner: StopManner::Soft,
                receipt: super::receipt(),
            },
        ),
        (
            "quota_ourselves",
            Severity::Warning,
            Message::ActionCancelled {
                action: disable(vec![told(Piece::Rights, PieceState::Waiting)]),
                by: "ourselves".to_owned(),
                why: None,
                asked: Asked::Never,
            },
        ),
        (
            "quota_opened_again",
            Severity::Critical,
            Message::OpenedAgain {
                opened: Opened {
                    account: super::meter().account,
                    account_name: super::meter().account_name,
                    target: target(),
                    pieces: vec![Piece::Rights, key("AKLTFAKE1")],
                    again: true,
                },
            },
        ),
    ]
}

fn partly() -> Vec<PieceTold> {
    vec![
        told(Piece::Rights, PieceState::Done),
        told(key("AKLTFAKE1"), PieceState::Done),
        because(Piece::Login, PieceState::Failed, refused()),
        told(endpoint(), PieceState::Asked),
    ]
}

fn failures() -> Vec<Sample> {
    let failed = |retry_at| Message::ActionFailed {
        action: disable(partly()),
        detail: String::new(),
        retry_at,
    };
    vec![
        ("quota_partly", Severity::Critical, failed(Some(ahead(60)))),
        ("quota_partly_for_good", Severity::Critical, failed(None)),
        (
            "quota_partly_restored",
            Severity::Critical,
            Message::ActionFailed {
                action: action(
                    ActionKind::Start,
                    vec![
                        told(Piece::Login, PieceState::Done),
                        because(key("AKLTFAKE1"), PieceState::Failed, refused()),
                        told(Piece::Rights, PieceState::Waiting),
                    ],
                    None,
                ),
                detail: String::new(),
                retry_at: Some(ahead(60)),
            },
        ),
        (
            "quota_called_off_in_between",
            Severity::Info,
            Message::ActionCancelled {
                action: disable(partly()),
                by: "recovered".to_owned(),
                why: None,
                asked: Asked::Refused,
            },
        ),
    ]
}

fn restored() -> Vec<Sample> {
    let done = |piece| told(piece, PieceState::Done);
    let opened = || proof(PowerState::Stopped, PowerState::Running);
    let restore = |pieces, over| action(ActionKind::Start, pieces, over);
    let left_alone = vec![
        because(Piece::Login, PieceState::Skipped, PieceWhy::Missing),
        because(key("AKLTFAKE1"), PieceState::Skipped, PieceWhy::Changed),
        done(Piece::Rights),
    ];
    let nothing = vec![because(Piece::Rights, PieceState::Skipped, PieceWhy::Changed)];
    let until = StillOver::Wait { until: ahead(86_400) };
    let again = Some(StillOver::Again);
    vec![
        (
            "quota_restored",
            Severity::Warning,
            verified(restore(vec![done(Piece::Rights)], again), opened()),
        ),
        (
            "quota_restored_in_part",
            Severity::Warning,
            verified(restore(left_alone, Some(until)), opened()),
        ),
        (
            "quota_restored_nothing",
            Severity::Warning,
            verified(restore(nothing, None), opened()),
        ),
        (
            "quota_offer",
            Severity::Info,
            Message::StepResolved {
                meter: meter(),
                step: "limit".to_owned(),
                facts: None,
                by_new_window: false,
                closed: vec!["bob".to_owned()],
            },
        ),
    ]
}

fn disabled() -> Sample {
    let done = |piece| told(piece, PieceState::Done);
    let pieces = vec![
        done(Piece::Rights),
        because(key("AKLTFAKE0"), PieceState::WasSo, PieceWhy::Earlier),
        done(key("AKLTFAKE1")),
        told(key("AKLTFAKE2"), PieceState::WasSo),
        done(Piece::Login),
    ];
    let proof = proof(PowerState::Running, PowerState::Stopped);
    let message = verified(disable(pieces), proof);
    ("quota_verified", Severity::Warning, message)
}

pub(super) fn all() -> Vec<Sample> {
    let mut all = begun();
    all.extend(failures());
    all.push(disabled());
    all.extend(restored());
    all
}
