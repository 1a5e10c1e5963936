//! A controller that nobody named, found where kernels and desktop clients put theirs.

use std::sync::Arc;

use secrecy::SecretString;
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;
use tidegate_providers::proxy::{Controller, KernelConfig, Place};
use tidegate_sim::proxy::{Dialect, Lie, SimKernel};
use tidegate_sim::time::VirtualTimer;

use crate::support::{InMemory, SECRET, There, Watched, kernel, start};

fn auto() -> KernelConfig {
    KernelConfig {
        secret: Some(SecretString::from(SECRET)),
        ..KernelConfig::new(Controller::Auto)
    }
}

struct House {
    reach: InMemory,
    timer: VirtualTimer,
    /// Some other program at the usual port.
    page: SimKernel,
    kernel: SimKernel,
}

fn house() -> House {
    let (reach, timer) = (InMemory::default(), VirtualTimer::new(start()));
    let page = SimKernel::new(Dialect::Mihomo, Arc::new(timer.clone()));
    page.lie(Lie::Html);
    let kernel = kernel(Dialect::Mihomo, &timer);
    reach.put(Place::Unix("/tmp/left-behind.sock".into()), There::Nobody);
    reach.put(Place::local(9090), There::Kernel(page.clone()));
    reach.put(Place::local(9097), There::Kernel(kernel.clone()));
    House {
        reach,
        timer,
        page,
        kernel,
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_place_where_a_kernel_answers_is_taken_and_no_other_program_sees_the_secret() {
    let house = house();
    let mut watched = Watched::over(house.kernel.clone(), house.reach, house.timer, auto());
    watched.frame().await;
    let seen = house.page.asked();
    assert!(!seen.is_empty());
    assert!(seen.iter().all(|asked| asked.authorization.is_none()), "{seen:?}");
    assert!(
        house
            .kernel
            .asked()
            .iter()
            .skip(1)
            .all(|asked| asked.authorization.is_some())
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_found_is_kept_until_it_is_lost_and_then_looked_for_anew() {
    let house = house();
    let mut watched = Watched::over(
        house.kernel.clone(),
        house.reach.clone(),
        house.timer.clone(),
        auto(),
    );
    watched.frame().await;
    let seen = house.page.asked().len();
    while watched.seconds() < 130 {
        watched.frame().await;
    }
    assert_eq!(
        house.page.asked().len(),
        seen,
        "two looks at the nodes, and no search"
    );
    let moved = kernel(Dialect::SingBox, &house.timer);
    house.reach.put(Place::local(9099), There::Kernel(moved));
    house.kernel.stop();
    watched.lost().await;
    assert_eq!(watched.answers().await, "sing-box 1.14.4");
}

#[tokio::test(start_paused = true)]
async fn a_kernel_that_refuses_the_secret_is_told_rather_than_none_at_all() {
    let house = house();
    house.kernel.set_secret("FAKE-other");
    let mut watched = Watched::over(house.kernel, house.reach, house.timer, auto());
    let error = watched.lost().await;
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
}

#[tokio::test(start_paused = true)]
async fn where_no_kernel_is_found_it_says_so_and_goes_on_looking() {
    let house = house();
    house.kernel.stop();
    let mut watched = Watched::over(house.kernel.clone(), house.reach, house.timer, auto());
    let error = watched.lost().await;
    assert!(error.detail.contains("name its controller"), "{}", error.detail);
    house.kernel.start();
    watched.answers().await;
}
