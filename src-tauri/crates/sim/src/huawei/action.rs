//! ECS: stops, starts and their jobs. A stop that was accepted is under way, not done: the server stays ACTIVE with the
//! task `powering-off` until the world's stop delay has passed.

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::ask::{Ask, stamp_ms};
use super::ecs;
use super::refusal::Refusal;
use crate::limits;
use crate::world::{Job, JobPart, Lie, Server, State, Task, new_job_id, seconds};

/// The server ids of an action body, whichever action it is.
pub(crate) fn named(body: &Value) -> Vec<String> {
    let action = body.get("os-stop").or_else(|| body.get("os-start"));
    let servers = action
        .and_then(|action| action.get("servers"))
        .and_then(Value::as_array);
    servers
        .map(|servers| {
            let ids = servers.iter().filter_map(|server| server.get("id")?.as_str());
            ids.map(str::to_owned).collect()
        })
        .unwrap_or_default()
}

/// `POST /v1/{project_id}/cloudservers/action` with `os-stop` or `os-start`.
pub(crate) fn act(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let up = ask.operation == "ecs.start";
    let ids = checked(ask, up)?;
    let known = ecs::ids_of(state, ask)?;
    for id in &ids {
        let server = ecs::find(state, ask, id).filter(|_| known.contains(id));
        let name = server.ok_or_else(|| ecs::not_found(id))?.name.clone();
        refuse(state, ask, id, &name)?;
    }
    let unfit = |state: &State, id: &String| {
        ecs::find(state, ask, id)
            .is_none_or(|server| server.busy(ask.now).is_some() || server.runs(ask.now) == up)
    };
    if ids.iter().all(|id| unfit(state, id)) {
        return Err(Refusal::nested(
            400,
            "Ecs.0100",
            "The status of the server does not meet the requirements.",
        ));
    }
    let (fit, rest): (Vec<String>, Vec<String>) = ids.into_iter().partition(|id| !unfit(state, id));
    Ok(json!({"job_id": begin(state, ask, up, &fit, &rest)}))
}

fn checked(ask: &Ask<'_>, up: bool) -> Result<Vec<String>, Refusal> {
    let action = ask.body.get(if up { "os-start" } else { "os-stop" });
    let action = action
        .and_then(Value::as_object)
        .ok_or_else(|| ask.bad("the action is neither os-stop nor os-start"))?;
    let soft_or_hard = |kind: &Value| kind == "SOFT" || kind == "HARD";
    if !up && !action.get("type").is_none_or(soft_or_hard) {
        return Err(ask.bad("type must be SOFT or HARD"));
    }
    let ids = named(&ask.body);
    if ids.is_empty() || ids.len() > limits::ACTION_SERVERS {
        return Err(Refusal::nested(400, "Ecs.0118", "servers must be 1 to 1000 ids"));
    }
    Ok(ids)
}

/// What refuses an action on a server at once.
fn refuse(state: &mut State, ask: &Ask<'_>, id: &str, name: &str) -> Result<(), Refusal> {
    let spot = ask.about(id, name);
    if state.faults.is(ask.now, spot, &Lie::ServerGone) {
        return Err(ecs::not_found(id));
    }
    if state.faults.is(ask.now, spot, &Lie::Arrears) {
        return Err(Refusal::nested(
            403,
            "Ecs.0110",
            "The account is in arrears or has no permission.",
        ));
    }
    let code = state.faults.tell(ask.now, spot, |lie, _| match lie {
        Lie::StopRefused { code } => Some(code.clone()),
        _ => None,
    });
    let locked = ecs::find(state, ask, id).is_some_and(|server| server.locked);
    match code.or_else(|| locked.then(|| "Ecs.0605".to_owned())) {
        Some(code) => Err(refused(&code)),
        None => Ok(()),
    }
}

fn refused(code: &str) -> Refusal {
    let (status, message) = match code {
        "Ecs.0003" | "Ecs.0110" => (403, "No permission, or the account is in arrears."),
        "Pdp.0001" => (403, "Policy doesn't allow the action to be performed."),
        "Ecs.0114" | "Ecs.0614" => (404, "The server does not exist."),
        "Ecs.0603" => (501, "Another command is being executed."),
        "Ecs.0605" => (400, "The server is locked."),
        "Common.1503" => (429, "API flow control."),
        _ => (400, "The status of the server does not meet the requirements."),
    };
    Refusal::nested(status, code, message)
}

/// How an accepted action will go for one server.
#[derive(Clone, Copy)]
struct Course {
    ends: Time,
    works: bool,
    fails: bool,
    stuck: bool,
    restarts: Option<u64>,
}

fn course(state: &mut State, ask: &Ask<'_>, id: &str) -> Course {
    let name = ecs::find(state, ask, id).map_or_else(String::new, |server| server.name.clone());
    let spot = ask.about(id, &name);
    let delay = state.faults.tell(ask.now, spot, |lie, _| match lie {
        Lie::StopSlow { seconds: slow } => Some(seconds(*slow)),
        _ => None,
    });
    let ignored = state.faults.is(ask.now, spot, &Lie::StopIgnored);
    let fails = state.faults.is(ask.now, spot, &Lie::StopFails);
    let stuck = state.faults.is(ask.now, spot, &Lie::StopStuck);
    let restarts = state.faults.tell(ask.now, spot, |lie, _| match lie {
        Lie::Restarts { seconds } => Some(*seconds),
        _ => None,
    });
    Course {
        ends: ask.now.plus(delay.unwrap_or(state.stop_delay)),
        works: !(ignored || fails || stuck),
        fails,
        stuck,
        restarts,
    }
}

fn begin(state: &mut State, ask: &Ask<'_>, up: bool, fit: &[String], rest: &[String]) -> String {
    let mut job = Job {
        id: new_job_id(&mut state.rng),
        project_id: ask.project_id().to_owned(),
        up,
        begun: ask.now,
        ends: ask.now,
        parts: Vec::new(),
        stuck: false,
    };
    let failed = |text: &str| Some(("Ecs.0100".to_owned(), text.to_owned()));
    for id in fit {
        let course = course(state, ask, id);
        job.ends = job.ends.max(course.ends);
        job.stuck |= course.stuck;
        let error = course.fails.then(|| failed("the guest did not react")).flatten();
        job.parts.push(JobPart {
            server: id.clone(),
            id: new_job_id(&mut state.rng),
            error,
        });
        if let Some(server) = server_mut(state, ask, id) {
            set_off(server, course, up, ask.now);
        }
    }
    for id in rest {
        let error = failed("instance status does not allow it");
        job.parts.push(JobPart {
            server: id.clone(),
            id: new_job_id(&mut state.rng),
            error,
        });
    }
    let id = job.id.clone();
    state.jobs.retain(|old| ask.now < old.ends.plus(limits::JOB_KEPT));
    state.jobs.push(job);
    id
}

fn server_mut<'s>(state: &'s mut State, ask: &Ask<'_>, id: &str) -> Option<&'s mut Server> {
    let account = state.accounts.get_mut(ask.entered.account)?;
    account.servers.iter_mut().find(|server| server.id == id)
}

fn set_off(server: &mut Server, course: Course, up: bool, now: Time) {
    if course.stuck {
        return;
    }
    server.task = Some(Task {
        up,
        from: now,
        until: course.ends,
    });
    if course.works {
        server.switch(now, course.ends, up);
    }
    if let Some(after) = course.restarts.filter(|_| course.works && !up) {
        server.power.push((course.ends.plus(seconds(after)), true));
    }
}

/// `GET /v1/{project_id}/jobs/{job_id}`. A finished job is forgotten after a day.
pub(crate) fn job(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let id = ask.names.first().copied().unwrap_or("");
    let gone = state.faults.is(ask.now, ask.here(), &Lie::JobGone);
    state
        .jobs
        .iter()
        .find(|job| job.id == id && job.project_id == ask.project_id() && !gone)
        .filter(|job| job.stuck || ask.now < job.ends.plus(limits::JOB_KEPT))
        .map(|job| told(job, ask.now))
        .ok_or_else(|| Refusal::top(400, "Common.0011", format!("The job {id} could not be found.")))
}

fn told(job: &Job, now: Time) -> Value {
    let done = !job.stuck && job.ends <= now;
    let failed = done && job.parts.iter().any(|part| part.error.is_some());
    let end = if done { stamp_ms(job.ends) } else { String::new() };
    let parts: Vec<Value> = job.parts.iter().map(|one| part(job, one, done)).collect();
    json!({
        "status": status(job, now, failed), "job_id": job.id,
        "job_type": if job.up { "batchStartServer" } else { "batchStopServer" },
        "begin_time": stamp_ms(job.begun), "end_time": end,
        "error_code": failed.then_some("Ecs.0611"), "fail_reason": failed.then_some("batch operation failed"),
        "entities": {"sub_jobs_total": parts.len(), "sub_jobs": parts},
    })
}

fn status(job: &Job, now: Time, failed: bool) -> &'static str {
    if failed {
        "FAIL"
    } else if !job.stuck && job.ends <= now {
        "SUCCESS"
    } else if now.since(job.begun) < seconds(1) {
        "INIT"
    } else {
        "RUNNING"
    }
}

fn part(job: &Job, one: &JobPart, done: bool) -> Value {
    let (server, id) = (&one.server, &one.id);
    let error = one.error.as_ref().filter(|_| done);
    let mut entities = json!({"server_id": server});
    if let (Some((_, text)), Some(members)) = (error, entities.as_object_mut()) {
        members.insert("errorcode_message".to_owned(), Value::from(text.as_str()));
    }
    let status = match (done, error) {
        (false, _) => "RUNNING",
        (true, Some(_)) => "FAIL",
        (true, None) => "SUCCESS",
    };
    json!({
        "status": status, "job_id": id, "job_type": if job.up { "startServer" } else { "stopServer" },
        "begin_time": stamp_ms(job.begun), "end_time": if done { stamp_ms(job.ends) } else { String::new() },
        "error_code": error.map(|(code, _)| code),
        "fail_reason": error.map(|_| "The status of the server does not meet the requirements."),
        "entities": entities,
    })
}
