//! The page of proxy traffic as its user meets it: a real WebKit over a real guard and keychain, and a simulated kernel that
//! carries what the test says. Needs what the window's test needs (`window.rs`).

#![cfg(target_os = "linux")]

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_tests::stage::desk::{Room, assert_nowhere, until};
use tidegate_tests::stage::keyring::on_a_private_bus;
use tidegate_tests::stage::scene::text;

type Done = anyhow::Result<()>;

const NODE: &str = "香港 01";
const SECRET: &str = "FAKE-controller-secret";
/// Where the simulated kernel's connections lead.
const HOST: &str = "fake.test";
const MIB: u64 = 1 << 20;

/// A kernel with one connection, and what keeps it answering.
struct Carrier {
    kernel: SimKernel,
    connection: String,
    controller: String,
    _runtime: tokio::runtime::Runtime,
}

impl Carrier {
    fn start() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let kernel = SimKernel::live(Dialect::Mihomo);
        kernel.set_secret(SECRET);
        kernel.add_node(NODE, "Shadowsocks");
        kernel.add_group("节点选择", &[NODE]);
        let connection = kernel.open(&[NODE, "节点选择"]);
        let controller = format!("http://{}", runtime.block_on(kernel.listen())?);
        Ok(Self {
            kernel,
            connection,
            controller,
            _runtime: runtime,
        })
    }
}

#[test]
fn a_kernel_is_added_by_hand_and_what_passes_through_it_is_shown_but_no_host_unasked() -> Done {
    on_a_private_bus(
        "a_kernel_is_added_by_hand_and_what_passes_through_it_is_shown_but_no_host_unasked",
        |folder| {
            let carrier = Carrier::start()?;
            let room = Room::empty()?;
            room.welcomed()?;
            add_kernel(&room, &carrier)?;
            count(&room, &carrier)?;
            look_at_hosts(&room)?;
            assert_nowhere(&room, folder, SECRET)?;
            room.end()
        },
    )
}

/// From the empty page through the first steps to a kernel that answers.
fn add_kernel(room: &Room, carrier: &Carrier) -> Done {
    let driver = &room.driver;
    driver.go("/proxy")?;
    driver.says("No proxy traffic is counted yet")?;
    driver.click("Add kernel")?;
    driver.click("Continue")?;
    driver
        .element(".field-controller input")?
        .fill(&carrier.controller)?;
    driver.element(".field-secret input")?.keys("WRONGFAKE")?;
    driver.element(".try")?.click()?;
    driver.says("the provider refuses the key")?;
    driver.element(".field-secret input")?.fill(SECRET)?;
    driver.element(".try")?.click()?;
    driver.says("The kernel answers")?;
    driver.click("Continue")?;
    driver.says("A kernel has nothing that runs out")?;
    driver.click("Save and watch")?;
    driver.click("Not now")?;
    driver.click("To the proxy page")?;
    driver.element(".device .calm").map(drop)
}

/// What passed stands on the page, by device and by node.
fn count(room: &Room, carrier: &Carrier) -> Done {
    let driver = &room.driver;
    driver.element(".live .amount")?;
    carrier.kernel.pass(&carrier.connection, MIB, 64 * MIB);
    driver.says("64 MiB received, 1 MiB sent")?;
    driver.click("Node")?;
    driver.element(&format!(".flows [data-row='{NODE}']"))?;
    let devices = room.data(&json!({"request": "devices"}))?;
    let told = text(&devices, "/devices/0/today/proxy/total/value");
    ensure!(told == (65 * MIB).to_string(), "to the byte: {devices}");
    Ok(())
}

/// A host stands nowhere on the page before it was asked for.
fn look_at_hosts(room: &Room) -> Done {
    let driver = &room.driver;
    let page = || driver.script("return document.documentElement.outerHTML", &[]);
    driver.element(".connections .open")?.click()?;
    driver.element(".connection")?;
    ensure!(!page()?.to_string().contains(HOST), "no host unasked");
    driver.element(".connections .hosts")?.click()?;
    driver.says(HOST)?;
    driver.element(".connections .open")?.click()?;
    until("it is hidden again", || {
        Ok((!page()?.to_string().contains(HOST)).then_some(()))
    })
}

#[test]
fn an_agent_is_invited_by_a_code_shown_once_and_the_report_is_looked_at() -> Done {
    on_a_private_bus(
        "an_agent_is_invited_by_a_code_shown_once_and_the_report_is_looked_at",
        |folder| {
            let room = Room::empty()?;
            room.welcomed()?;
            let code = invite(&room)?;
            let devices = room.data(&json!({"request": "devices"}))?;
            ensure!(
                text(&devices, "/invites/0/device") == "router",
                "it waits: {devices}"
            );
            assert_nowhere(&room, folder, &code)?;
            look_at_report(&room)?;
            room.end()
        },
    )
}

/// The code, which is gone from the page once its dialog is closed.
fn invite(room: &Room) -> anyhow::Result<String> {
    let driver = &room.driver;
    driver.go("/proxy")?;
    driver.click("Invite agent…")?;
    driver.says("Agents cannot reach this program yet.")?;
    driver.element(".el-dialog .name input")?.keys("Router")?;
    driver.click("Make code")?;
    // It is in the page before it is to be seen.
    let code = until("the code", || {
        let text = driver.element(".el-dialog .secret")?.text()?;
        Ok((!text.is_empty()).then_some(text))
    })?;
    let command = driver.element(".el-dialog .command")?.text()?;
    ensure!(
        command.contains(&format!("--code {code}")) && !code.is_empty(),
        "what is to be run: {command}"
    );
    driver.element(".el-dialog .leave")?.click()?;
    driver.says("Neither the code nor the command was copied.")?;
    driver.click("Close without copying")?;
    driver.says("Router (router) is invited")?;
    Ok(code)
}

/// The report is a document of its own within the page, drawn as the mail would be.
fn look_at_report(room: &Room) -> Done {
    let driver = &room.driver;
    driver.element(".reports .preview")?.click()?;
    let asked = json!({"request": "report", "span": "daily", "day": null, "lang": "en"});
    let report = room.data(&asked)?;
    let subject = driver.element(".report .subject")?.text()?;
    ensure!(subject == text(&report, "/subject"), "its headline: {subject}");
    let mail = until("the mail is drawn", || {
        Ok(Some(driver.framed("iframe.mail")?).filter(|text| !text.trim().is_empty()))
    })?;
    let first = text(&report, "/text")
        .lines()
        .find(|line| !line.trim().is_empty());
    let first = first.context("the report has words")?;
    ensure!(!mail.is_empty() && !first.is_empty(), "{mail}");
    let reached = driver.script(
        "return document.querySelector('iframe.mail').contentDocument === null",
        &[],
    )?;
    ensure!(reached == Value::Bool(true), "nothing of it is of this page");
    Ok(())
}
