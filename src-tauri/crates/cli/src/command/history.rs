//! `trend`, `stats`, `export-history` and `export-records`. Owns how an export reaches its file: page by page into a new
//! file beside it, which takes its place when the last page is written.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tidegate_api::request::{Every, ExportAsked, Exported, StatisticsAsked, TrendAsked};
use tidegate_api::words::Time;
use tidegate_api::{Request, Response, export, response};

use super::show;
use crate::args::{
    EveryArg, ExportArgs, ExportHistoryArgs, ExportRecordsArgs, Format, Records, StatsArgs, TrendArgs,
};
use crate::ask::{Asked, ask};
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

pub(super) async fn trend(context: &Context, args: TrendArgs) -> Ended {
    let (start, end) = span(context, args.days);
    let request = Request::Trend(TrendAsked {
        account: args.account,
        meter: args.meter,
        start,
        end,
        lang: context.lang,
    });
    show(context, &ask(context, request).await?);
    Ok(Exit::Done)
}

pub(super) async fn stats(context: &Context, args: StatsArgs) -> Ended {
    let (start, end) = span(context, args.days);
    show(
        context,
        &ask(context, Request::Statistics(StatisticsAsked { start, end })).await?,
    );
    Ok(Exit::Done)
}

pub(super) async fn export_history(context: &Context, args: ExportHistoryArgs) -> Ended {
    let what = Exported::Readings {
        account: args.account,
        meter: args.meter,
        every: match args.every {
            EveryArg::Raw => Every::Raw,
            EveryArg::Hour => Every::Hour,
            EveryArg::Day => Every::Day,
        },
    };
    exported(context, what, args.export).await
}

pub(super) async fn export_records(context: &Context, args: ExportRecordsArgs) -> Ended {
    let what = match args.what {
        Records::Alerts => Exported::Alerts,
        Records::Deliveries => Exported::Deliveries,
        Records::Actions => Exported::Actions,
    };
    exported(context, what, args.export).await
}

/// The last so many days, with this very moment in it.
fn span(context: &Context, days: u32) -> (Time, Time) {
    let now = context.now();
    let back = Duration::from_secs(u64::from(days) * 86_400);
    (now.minus(back), now.plus(Duration::from_millis(1)))
}

async fn exported(context: &Context, what: Exported, args: ExportArgs) -> Ended {
    let asked = Asked::open(context).await?;
    let written = write(context, &asked, what, &args).await;
    asked.close().await;
    let rows = written?;
    if args.file != Path::new("-") {
        told(context, rows, &args.file);
    }
    Ok(Exit::Done)
}

fn told(context: &Context, rows: usize, file: &Path) {
    if context.json {
        out::json(&serde_json::json!({ "rows": rows, "file": file }));
    } else {
        let (rows, file) = (rows.to_string(), file.display());
        let done = context.say("行已写入", "rows written to");
        out::line(&format!("{rows} {done} {file}"));
    }
}

/// All pages; how many rows they had.
async fn write(
    context: &Context,
    asked: &Asked,
    what: Exported,
    args: &ExportArgs,
) -> Result<usize, Failure> {
    let mut sink = Sink::open(&args.file)?;
    let mut text = Text::new(args.format);
    let (start, end) = span(context, args.days);
    let mut after = None;
    loop {
        let request = Request::ExportHistory(ExportAsked {
            what: what.clone(),
            start,
            end,
            after,
            lang: context.lang,
        });
        let Response::Exported(page) = asked.ask(request).await? else {
            return Err(Failure::Outside(
                "the guard gave another answer than a page".to_owned(),
            ));
        };
        sink.put(&text.page(&page)?)?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    sink.put(text.end())?;
    sink.done()?;
    Ok(text.rows)
}

/// Where the pages go.
enum Sink {
    Stdout(std::io::Stdout),
    /// The new file beside the wanted one: an export that is broken off leaves the wanted one as it was.
    File {
        to: PathBuf,
        new: tempfile::NamedTempFile,
    },
}

impl Sink {
    fn open(file: &Path) -> Result<Self, Failure> {
        if file == Path::new("-") {
            return Ok(Self::Stdout(std::io::stdout()));
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let new = tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")));
        Ok(Self::File {
            to: file.to_owned(),
            new: new.map_err(|error| outside(file, &error))?,
        })
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        match self {
            Self::Stdout(stdout) => stdout
                .write_all(text.as_bytes())
                .map_err(|error| outside(Path::new("-"), &error)),
            Self::File { to, new } => new
                .write_all(text.as_bytes())
                .map_err(|error| outside(to, &error)),
        }
    }

    fn done(self) -> Result<(), Failure> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush().map_err(|error| outside(Path::new("-"), &error)),
            Self::File { to, new } => {
                new.as_file().sync_all().map_err(|error| outside(&to, &error))?;
                new.persist(&to).map_err(|error| outside(&to, &error.error))?;
                Ok(())
            }
        }
    }
}

fn outside(file: &Path, error: &std::io::Error) -> Failure {
    Failure::Outside(format!("{}: {error}", file.display()))
}

/// Pages as one text.
struct Text {
    format: Format,
    begun: bool,
    rows: usize,
}

impl Text {
    const fn new(format: Format) -> Self {
        Self {
            format,
            begun: false,
            rows: 0,
        }
    }

    fn page(&mut self, page: &response::ExportPage) -> Result<String, Failure> {
        let text = match self.format {
            Format::Csv => export::csv(page, !self.begun)?,
            Format::Json => self.objects(page),
        };
        self.begun = true;
        self.rows += page.rows.len();
        Ok(text)
    }

    /// One object on a line, commas between them.
    fn objects(&self, page: &response::ExportPage) -> String {
        let mut text = if self.begun {
            String::new()
        } else {
            "[\n".to_owned()
        };
        for (n, object) in export::objects(page).iter().enumerate() {
            if self.rows + n > 0 {
                text.push_str(",\n");
            }
            text.push_str(&object.to_string());
        }
        text
    }

    const fn end(&self) -> &'static str {
        match self.format {
            Format::Csv => "",
            Format::Json => "\n]\n",
        }
    }
}
