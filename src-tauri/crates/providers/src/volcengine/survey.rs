//! Every way in which a user can spend, read live: what denies it everything, its keys, its sign-in, and where they were
//! chosen its endpoints and servers. A survey with a part that cannot be read is no survey.

use std::collections::BTreeSet;

use tidegate_meter::{Target, TargetKind};

use super::Volcengine;
use super::users::User;
use crate::ProviderError;
use crate::refusal::shape;
use crate::sub_accounts::{Hatch, Piece, PieceSeen, Reach, Survey};

const fn hatch(open: bool) -> Hatch {
    if open { Hatch::Open } else { Hatch::Closed }
}

impl Volcengine {
    /// The user behind a target.
    pub(super) async fn user_of(&self, target: &Target) -> Result<User, ProviderError> {
        if target.kind != TargetKind::SubAccount {
            return Err(shape("this is no sub-account"));
        }
        self.ask_user(&target.id).await
    }

    /// Whether a user is one that we ask or act as. An account's own key belongs to none of its users.
    pub(super) async fn is_ourselves(&self, user: &User) -> Result<bool, ProviderError> {
        let (watcher, actor) = (self.watcher().await?, self.actor().await?);
        Ok([watcher, actor].iter().any(|own| own.is_user(&user.told.id)))
    }

    pub(super) async fn surveyed(&self, user: &User, reach: &Reach) -> Result<Survey, ProviderError> {
        let ourselves = self.is_ourselves(user).await?;
        let mut pieces = self.doors(user).await?;
        if reach.endpoints {
            self.add_endpoints(user, &mut pieces).await?;
        }
        if !reach.instances_of.is_empty() {
            self.add_servers_of(reach, &mut pieces).await?;
        }
        Ok(Survey {
            pieces,
            ourselves,
            at: self.client.now().wall,
        })
    }

    /// Rights, keys and sign-in, in the order in which they are closed.
    async fn doors(&self, user: &User) -> Result<Vec<PieceSeen>, ProviderError> {
        let name = &user.told.name;
        let attached = self.ask_attached(name).await?;
        let denial = attached.iter().find(|attached| attached.denies_all());
        let mut pieces = vec![PieceSeen {
            piece: Piece::Rights,
            hatch: hatch(denial.is_none()),
            mark: denial.and_then(|denial| denial.mark.clone()),
        }];
        let keys = self.ask_keys(name).await?;
        pieces.extend(keys.into_iter().map(|seen| PieceSeen {
            piece: Piece::Key { id: seen.key.id },
            hatch: hatch(seen.key.active),
            mark: seen.mark,
        }));
        let login = self.ask_login(name).await?;
        pieces.push(PieceSeen {
            piece: Piece::Login,
            hatch: login.as_ref().map_or(Hatch::Absent, |login| hatch(login.allowed)),
            mark: login.and_then(|login| login.mark),
        });
        Ok(pieces)
    }

    async fn add_endpoints(&self, user: &User, pieces: &mut Vec<PieceSeen>) -> Result<(), ProviderError> {
        let endpoints = self.ask_endpoints(&user.told.id, &user.told.name).await?;
        pieces.extend(endpoints.into_iter().map(|endpoint| PieceSeen {
            hatch: hatch(endpoint.serves),
            mark: endpoint.mark,
            piece: Piece::Endpoint {
                id: endpoint.id,
                name: endpoint.name,
            },
        }));
        Ok(())
    }

    async fn add_servers_of(&self, reach: &Reach, pieces: &mut Vec<PieceSeen>) -> Result<(), ProviderError> {
        let projects: BTreeSet<&str> = reach
            .instances_of
            .iter()
            .map(|project| project.0.as_str())
            .collect();
        let servers = self.ask_servers(&projects).await?;
        pieces.extend(servers.into_iter().map(|server| PieceSeen {
            hatch: hatch(!server.stopped),
            mark: server.mark,
            piece: Piece::Instance {
                id: server.id,
                name: server.name,
                region: server.region,
            },
        }));
        Ok(())
    }
}
