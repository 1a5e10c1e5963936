//! The list of packages on disk, so that a start without Config still knows which server a package measures.
//!
//! One file per account and access key (a hash of it names the file); a file of another owner is not believed. It is a
//! cache: an unreadable file is ignored, a failed write is logged and costs nothing but the next start.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::catalogue::Catalogue;
use super::{Huawei, Site};

/// Raised whenever the shape changes; files of another number are ignored.
const FORMAT: u32 = 1;

/// The file's content.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: u32,
    owner: String,
    site: Option<String>,
    catalogue: Catalogue,
}

impl Huawei {
    fn cache_file(&self) -> Option<PathBuf> {
        let name = format!("huawei-{}-{}.json", self.config.account, self.watch.fingerprint());
        self.config.cache_dir.as_ref().map(|dir| dir.join(name))
    }

    /// What was kept for this account, key and owner.
    pub(super) async fn load(&self, owner: &str) -> Option<Catalogue> {
        let bytes = tokio::fs::read(self.cache_file()?).await.ok()?;
        let kept: Kept = serde_json::from_slice(&bytes).ok()?;
        if kept.format != FORMAT || kept.owner != owner {
            return None;
        }
        let site = kept.site.and_then(|name| name.parse::<Site>().ok());
        let mut state = self.kept();
        state.site = state.site.or(site.filter(|site| *site != Site::Auto));
        Some(kept.catalogue)
    }

    /// Keeps the list for the next start.
    pub(super) async fn save(&self, owner: &str, catalogue: &Catalogue) {
        let Some(file) = self.cache_file() else {
            return;
        };
        let kept = Kept {
            format: FORMAT,
            owner: owner.to_owned(),
            site: self.kept().site.map(|site| site.name().to_owned()),
            catalogue: catalogue.clone(),
        };
        if let Err(error) = write(&file, &kept).await {
            tracing::warn!(account = %self.config.account, %error, "the list of packages could not be kept on disk");
        }
    }
}

/// Writes beside the file and renames, so that a crash leaves the old one or the new one.
async fn write(file: &Path, kept: &Kept) -> std::io::Result<()> {
    let bytes = serde_json::to_vec(kept).map_err(std::io::Error::other)?;
    if let Some(dir) = file.parent() {
        tokio::fs::create_dir_all(dir).await?;
    }
    let beside = file.with_extension("json.new");
    tokio::fs::write(&beside, bytes).await?;
    tokio::fs::rename(&beside, file).await
}
