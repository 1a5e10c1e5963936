//! `tokens`: the keys of other programs. A new one is printed once; nobody can print it again.

use tidegate_api::{Request, Response};

use super::show;
use crate::args::TokenCommand;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit};
use crate::out;

pub(super) async fn tokens(context: &Context, what: Option<TokenCommand>) -> Ended {
    let request = match what {
        None | Some(TokenCommand::List) => Request::Tokens,
        Some(TokenCommand::Revoke { token }) => Request::RevokeToken { token },
        Some(TokenCommand::Create {
            name,
            scopes,
            seconds,
        }) => Request::CreateToken {
            name,
            scopes,
            seconds,
        },
    };
    let response = ask(context, request).await?;
    match &response {
        Response::MadeToken(made) if !context.json => {
            out::line(&made.secret.0);
            out::to_person(context.say(
                "只显示这一次，请现在保存；丢失后请吊销并另建。",
                "Shown this once: keep it now. When it is lost, revoke it and make another.",
            ));
        }
        other => show(context, other),
    }
    Ok(Exit::Done)
}
