//! What runs without a desktop is as locked up as it is told to be: the unit by systemd's own judgement, the container file and
//! the manifest by the rules that their checkers would apply. Needs the Debian package systemd.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fall over; that is its answer"
)]

use std::process::Command;

use tidegate_tests::root;

fn text(path: &str) -> String {
    let path = root().join("packaging").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines that say something, continued lines joined.
fn statements(text: &str) -> Vec<String> {
    let told = text.replace("\\\n", " ");
    let lines = told.lines().map(str::trim_end);
    lines
        .filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// The units, each with its program.
const UNITS: [(&str, &str); 2] = [
    ("tidegated.service", "/usr/bin/tidegated"),
    ("tidegate-agent.service", "/usr/bin/tidegate-agent"),
];

#[test]
fn systemd_takes_each_unit_and_rates_it_safe() {
    for (name, program) in UNITS {
        let folder = tempfile::tempdir().unwrap();
        let unit = folder.path().join(name);
        // The program is not installed here: a program that is stands for it.
        let told = text(&format!("systemd/{name}")).replace(program, "/bin/true");
        std::fs::write(&unit, told).unwrap();
        let analyze = |args: &[&str]| {
            let output = Command::new("systemd-analyze")
                .args(args)
                .arg(&unit)
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr);
            (output.status.success(), told)
        };
        let (sound, told) = analyze(&["verify"]);
        assert!(sound && !told.contains(&format!("{name}:")), "{told}");
        let (safe, told) = analyze(&["security", "--offline=true", "--threshold=20"]);
        assert!(safe, "{told}");
    }
}

#[test]
fn the_unit_hands_secrets_over_in_files_and_can_write_only_its_own_folder() {
    let unit = statements(&text("systemd/tidegated.service"));
    for wanted in [
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
        "StateDirectory=tidegate",
        "LoadCredential=vault-passphrase:/etc/tidegate/vault-passphrase",
        "Environment=TIDEGATE_VAULT_PASSPHRASE_FILE=%d/vault-passphrase",
    ] {
        assert!(unit.iter().any(|line| line == wanted), "{wanted}");
    }
    let opened =
        |line: &String| line.starts_with("ReadWritePaths") || line.contains("TIDEGATE_VAULT_PASSPHRASE=");
    assert!(!unit.iter().any(opened));
}

#[test]
fn the_agents_unit_hands_secrets_over_in_files_and_can_write_only_its_own_folder() {
    let unit = statements(&text("systemd/tidegate-agent.service"));
    for wanted in [
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
        "StateDirectory=tidegate-agent",
        "LoadCredential=controller-secret:/etc/tidegate/controller-secret",
        "LoadCredential=code:/etc/tidegate/agent-code",
    ] {
        assert!(unit.iter().any(|line| line == wanted), "{wanted}");
    }
    let opened = |line: &String| line.starts_with("ReadWritePaths") || line.contains("--code ");
    assert!(!unit.iter().any(opened));
}

/// On the router `rc.common` and procd read it; here a shell that plays them, which is as far as tools exist.
#[test]
fn the_router_starts_the_agent_with_files_and_never_with_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, told) in [
        ("report-to", "https://tidegate.example"),
        ("controller-secret", "FAKE-secret"),
        ("code", "FAKE-code"),
    ] {
        std::fs::write(at(name), told).unwrap();
    }
    let script = text("openwrt/tidegate-agent.init")
        .replace("CONF=/etc/tidegate", &format!("CONF={}", folder.path().display()))
        .replace(
            "HOME_DIR=/etc/tidegate/agent-home",
            &format!("HOME_DIR={}", at("home").display()),
        );
    let played = format!(
        "procd_open_instance() {{ :; }}\nprocd_close_instance() {{ :; }}\nprocd_set_param() {{ echo \"$*\"; }}\n\
         procd_append_param() {{ echo \"$*\"; }}\n{script}\nstart_service\n"
    );
    let run = || Command::new("sh").arg("-c").arg(&played).output().unwrap();
    let output = run();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    for wanted in [
        "--report-to https://tidegate.example",
        "--code-file",
        "--secret-file",
        "--seal-every 60s",
        "respawn",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert!(!told.contains("FAKE"), "{told}");
    std::fs::remove_file(at("report-to")).unwrap();
    let output = run();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("report-to"));
}

#[test]
fn the_container_runs_as_nobody_in_particular_and_tells_its_health() {
    let file = statements(&text("container/Containerfile"));
    let told = |word: &str| -> Vec<&str> {
        let of = |line: &'_ String| line.split_once(' ').is_some_and(|(first, _)| first == word);
        file.iter()
            .filter(|line| of(line))
            .map(|line| line[word.len()..].trim())
            .collect()
    };
    for image in told("FROM") {
        let name = image.split(' ').next().unwrap();
        assert!(
            name.starts_with("docker.io/library/"),
            "{image}: its registry is named"
        );
        assert!(
            name.contains(':') && !name.ends_with(":latest"),
            "{image}: its version is named"
        );
    }
    let user = told("USER");
    assert_eq!(user, ["10001:10001"], "by number, and not root");
    let (last, users) = (
        file.iter().rposition(|line| line.starts_with("FROM ")),
        file.iter().position(|line| line.starts_with("USER ")),
    );
    assert!(users > last, "in the image that is carried");
    assert_eq!(told("HEALTHCHECK").len(), 1);
    assert!(told("HEALTHCHECK")[0].ends_with(r#"CMD ["/usr/bin/tidegated", "status", "--guarding"]"#));
    assert_eq!(
        told("ENTRYPOINT"),
        [r#"["/usr/bin/tidegated"]"#],
        "no shell between it and its signals"
    );
    assert_eq!(told("VOLUME"), [r#"["/data"]"#]);
    for run in told("RUN").iter().filter(|run| run.contains("apt-get install")) {
        assert!(
            run.contains("--no-install-recommends") && run.contains("rm -rf /var/lib/apt/lists"),
            "{run}"
        );
    }
    assert!(told("ADD").is_empty(), "nothing is fetched or unpacked unseen");
    let secret = |line: &&String| line.contains("PASSPHRASE") || line.contains("_SECRET_");
    assert!(file.iter().find(secret).is_none());
}

#[test]
fn the_manifest_has_one_locked_up_guard_with_probes() {
    let manifest = text("kubernetes/tidegate.yaml");
    let documents: Vec<Vec<String>> = manifest.split("\n---\n").map(statements).collect();
    let kinds: Vec<&str> = documents
        .iter()
        .map(|lines| lines.iter().find_map(|line| line.strip_prefix("kind: ")).unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "Namespace",
            "Secret",
            "ConfigMap",
            "PersistentVolumeClaim",
            "Deployment",
            "Service"
        ]
    );
    for lines in &documents {
        assert!(lines.iter().any(|line| line.starts_with("apiVersion: ")));
        assert!(lines.iter().any(|line| line.starts_with("  name: tidegate")));
        for line in lines {
            let indent = line.len() - line.trim_start().len();
            assert!(indent % 2 == 0 && !line.contains('\t'), "{line:?}");
        }
    }
    let guard: Vec<&str> = documents[4].iter().map(|line| line.trim()).collect();
    for wanted in [
        "replicas: 1",
        "type: Recreate",
        "runAsNonRoot: true",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "drop: [ALL]",
        "type: RuntimeDefault",
        "automountServiceAccountToken: false",
        "enableServiceLinks: false",
        "livenessProbe:",
        "readinessProbe:",
        "path: /live",
        "path: /ready",
    ] {
        assert!(guard.contains(&wanted), "{wanted}");
    }
    let mounted = |line: &&str| line.starts_with("mountPath: ");
    let places: Vec<&str> = guard.iter().copied().filter(mounted).collect();
    assert_eq!(places.len(), 4, "{places:?}");
    let values = documents[1]
        .iter()
        .filter(|line| line.starts_with("  huawei") || line.starts_with("  feishu"));
    assert!(values.into_iter().all(|line| line.contains("FAKE")));
}

#[test]
fn the_configuration_in_the_manifest_is_a_text_of_ours() {
    let manifest = text("kubernetes/tidegate.yaml");
    let (_, rest) = manifest.split_once("  tidegate.toml: |\n").unwrap();
    let (block, _) = rest.split_once("\n---\n").unwrap();
    let text: String = block
        .lines()
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    let table: toml::Table = toml::from_str(&text).unwrap();
    for kind in ["account", "channel", "guard"] {
        assert_eq!(table[kind].as_array().unwrap().len(), 1);
    }
    assert!(!text.contains("vault:"), "the container has no vault of its own");
}

/// Every package of the tree of a program, with the features it is built with. What only tests depend on is left out, as it
/// is when the program alone is built.
fn tree(package: &str, edges: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "--format",
            "{p} [{f}]",
        ])
        .args(["--package", package, "--edges", edges])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

fn has_points(line: &str) -> bool {
    line.starts_with("tidegate-engine ") && line.contains("points")
}

/// The points at which a crash test ends the process are in tests alone. A build of the whole workspace with its tests
/// shares one engine, and then the programs beside the tests have them too, without a hook to call; what is shipped is
/// built by package.
#[test]
fn no_program_that_is_shipped_has_the_points_of_the_crash_tests() {
    for (package, has_engine) in [
        ("tidegate-cli", true),
        ("tidegate", true),
        ("tidegate-agent", false),
    ] {
        let told = tree(package, "normal,build");
        let engine = told.iter().any(|line| line.starts_with("tidegate-engine "));
        assert_eq!(engine, has_engine, "{package}: {told:#?}");
        assert!(!told.iter().any(|line| has_points(line)), "{package}: {told:#?}");
    }
    let tested = tree("tidegate-engine-tests", "normal,build,dev");
    assert!(
        tested.iter().any(|line| has_points(line)),
        "the question can find them"
    );
}
