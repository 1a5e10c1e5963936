//! A tray host, and what an item shows in it: read and activated over D-Bus as a panel does.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use anyhow::{Context, ensure};
use zbus::blocking::{Connection, MessageIterator, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::until;
use crate::stage::PATIENCE;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
/// What a click on an entry that is gone is answered with.
const NO_SUCH_ENTRY: &str = "org.freedesktop.DBus.Error.InvalidArgs";

type Addresses = Arc<Registered>;

/// Every address that registered, and who waits for one.
#[derive(Default)]
struct Registered {
    all: Mutex<Vec<(String, String)>>,
    came: Condvar,
}

struct Watcher {
    items: Addresses,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[expect(clippy::needless_pass_by_value, reason = "the bus's own shape of a method")]
    fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let address = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items
            .all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(address);
        self.items.came.notify_all();
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.all.lock().unwrap_or_else(PoisonError::into_inner);
        items.iter().map(|(name, path)| format!("{name}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A tray host on the session bus.
pub struct TrayHost {
    _served: Connection,
    items: Addresses,
    bus: Connection,
}

impl TrayHost {
    /// Takes the host's name on the session bus.
    pub fn start() -> anyhow::Result<Self> {
        let items = Addresses::default();
        let watcher = Watcher {
            items: Arc::clone(&items),
        };
        let served = connection::Builder::session()?
            .name(WATCHER)?
            .serve_at(PATH, watcher)?
            .build()
            .context("the tray host is served")?;
        Ok(Self {
            _served: served,
            items,
            bus: Connection::session()?,
        })
    }

    /// The item that registered last, as soon as one did.
    pub fn item(&self) -> anyhow::Result<Item> {
        let (name, path) = until("an item in the tray", || {
            Ok(self
                .items
                .all
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .last()
                .cloned())
        })?;
        Ok(Item {
            bus: self.bus.clone(),
            name,
            path,
        })
    }

    /// How many items ever registered.
    #[must_use]
    pub fn registered(&self) -> usize {
        self.items
            .all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Returns in the moment in which so many items have registered.
    pub fn wait_for(&self, count: usize) -> anyhow::Result<()> {
        let all = self.items.all.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |all: &mut Vec<(String, String)>| all.len() < count;
        let waited = self.items.came.wait_timeout_while(all, PATIENCE, waiting);
        let waited = waited.unwrap_or_else(PoisonError::into_inner).1;
        ensure!(!waited.timed_out(), "no item came into the tray");
        Ok(())
    }
}

/// One item in the tray.
pub struct Item {
    bus: Connection,
    name: String,
    path: String,
}

/// One entry of its menu; its children stand in `children`.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// Its number, for a click.
    pub id: i32,
    /// What it says, without the mark of its shortcut letter.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// What opens from it.
    pub children: Vec<MenuItem>,
}

impl MenuItem {
    /// The first entry at any depth whose label holds the text.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Self> {
        if self.label.contains(text) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(text))
    }

    /// Every label, in order, one to a line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.label.clone()];
        lines.extend(self.children.iter().map(Self::text));
        lines.join("\n")
    }
}

type Pixmaps = Vec<(i32, i32, Vec<u8>)>;
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Item {
    fn property(&self, name: &str) -> anyhow::Result<OwnedValue> {
        let answer = self.bus.call_method(
            Some(self.name.as_str()),
            self.path.as_str(),
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &(ITEM, name),
        )?;
        Ok(answer.body().deserialize()?)
    }

    /// Its title.
    pub fn title(&self) -> anyhow::Result<String> {
        Ok(String::try_from(self.property("Title")?)?)
    }

    /// Title and text of its tooltip.
    pub fn tooltip(&self) -> anyhow::Result<String> {
        let value = self.property("ToolTip")?;
        let (_, _, title, text): (String, Pixmaps, String, String) = value.try_into()?;
        Ok(format!("{title}\n{text}"))
    }

    /// Its picture: width, height, and the pixels as alpha, red, green, blue.
    pub fn picture(&self) -> anyhow::Result<(i32, i32, Vec<u8>)> {
        let pixmaps: Pixmaps = self.property("IconPixmap")?.try_into()?;
        pixmaps
            .into_iter()
            .max_by_key(|(width, _, _)| *width)
            .context("it has a picture")
    }

    /// Its menu.
    pub fn menu(&self) -> anyhow::Result<MenuItem> {
        let menu: OwnedObjectPath = self.property("Menu")?.try_into()?;
        let about = (0_i32, -1_i32, Vec::<String>::new());
        let (name, path) = (self.name.as_str(), menu.as_str());
        let answer = self
            .bus
            .call_method(Some(name), path, Some(MENU), "GetLayout", &about)?;
        let (_, layout): (u32, Layout) = answer.body().deserialize()?;
        entry(layout)
    }

    /// Clicks the entry whose label holds the text, as soon as it is there; looks again when the menu was drawn anew
    /// between the look and the click, as a person does.
    pub fn choose(&self, text: &str) -> anyhow::Result<()> {
        until(&format!("{text:?} in the tray's menu"), || {
            let menu = self.menu()?;
            let entry = menu.find(text).filter(|entry| entry.enabled);
            entry.map_or(Ok(None), |entry| self.click(entry.id))
        })
    }

    /// Clicks an entry; nothing when the menu has none of that number any more.
    fn click(&self, id: i32) -> anyhow::Result<Option<()>> {
        let menu: OwnedObjectPath = self.property("Menu")?.try_into()?;
        let event = (id, "clicked", Value::from(""), 0_u32);
        let (name, path) = (self.name.as_str(), menu.as_str());
        match self
            .bus
            .call_method(Some(name), path, Some(MENU), "Event", &event)
        {
            Ok(_) => Ok(Some(())),
            Err(zbus::Error::MethodError(error, _, _)) if error.as_str() == NO_SUCH_ENTRY => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The left click.
    pub fn activate(&self) -> anyhow::Result<()> {
        let (name, path) = (self.name.as_str(), self.path.as_str());
        self.bus
            .call_method(Some(name), path, Some(ITEM), "Activate", &(0_i32, 0_i32))?;
        Ok(())
    }
}

/// How often an item was drawn anew, since it was first counted.
pub struct Redraws(Arc<Mutex<HashMap<String, usize>>>);

impl Redraws {
    /// So many signals of that name: `NewIcon`, `NewToolTip`.
    #[must_use]
    pub fn of(&self, signal: &str) -> usize {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(signal).copied().unwrap_or(0)
    }
}

impl Item {
    /// Counts its signals from now on.
    pub fn redraws(&self) -> anyhow::Result<Redraws> {
        let rule = zbus::MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(self.name.as_str())?
            .interface(ITEM)?
            .build();
        let signals = MessageIterator::for_match_rule(rule, &self.bus, None)?;
        let counts = Arc::new(Mutex::new(HashMap::new()));
        let counted = Arc::clone(&counts);
        std::thread::spawn(move || {
            for signal in signals.map_while(Result::ok) {
                let header = signal.header();
                let name = header.member().map(ToString::to_string).unwrap_or_default();
                *counted
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .entry(name)
                    .or_insert(0) += 1;
            }
        });
        Ok(Redraws(counts))
    }
}

fn entry((id, properties, children): Layout) -> anyhow::Result<MenuItem> {
    let text = |key: &str| properties.get(key).and_then(|value| <&str>::try_from(value).ok());
    let flag = |key: &str| properties.get(key).and_then(|value| bool::try_from(value).ok());
    let children = children
        .into_iter()
        .map(child)
        .collect::<anyhow::Result<Vec<_>>>()?;
    ensure!(children.len() < 200, "a menu has an end");
    Ok(MenuItem {
        id,
        label: text("label").unwrap_or_default().replace('_', ""),
        enabled: flag("enabled").unwrap_or(true),
        children,
    })
}

fn child(value: OwnedValue) -> anyhow::Result<MenuItem> {
    let layout: Layout = match Value::from(value) {
        Value::Value(inner) => OwnedValue::try_from(*inner)?.try_into()?,
        plain => OwnedValue::try_from(plain)?.try_into()?,
    };
    entry(layout)
}
