# The few commands of this project. Each only calls a script, so that a shell without make can do the same.

.DEFAULT_GOAL := help
.PHONY: help run test check bench accuracy predictive bundle agent simulate endurance fuzz mutants

help: ## What can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | awk -F"|" '{ printf "%-12s %s\n", $$1, $$2 }'

run: ## Start Tidegate: the tray and its window, or the demonstration where there is no display
	@scripts/run.sh

test: ## Install what is missing, build everything, run every test
	@scripts/test.sh

check: ## Format, lints, documentation, architecture laws, generated types
	@scripts/check.sh

bench: ## Speed and memory against their budgets; writes docs/performance.md
	@scripts/bench.sh

endurance: ## 1000 accounts over 30 virtual days, by hand: ACCOUNTS=… DAYS=… MINUTES=…; writes docs/performance.md
	@scripts/endurance.sh

accuracy: ## The count of proxy traffic against real kernels; writes docs/proxy-accounting.md
	@scripts/accuracy.sh

fuzz: ## libFuzzer over every parser, or over TARGET, for TIME seconds each
	@scripts/fuzz.sh

mutants: ## cargo mutants over vocabulary, judgement and intents (ONLY=meter, SHARD=0/8)
	@scripts/mutants.sh

predictive: ## The rule of the earlier systems against ours on the same worlds; writes docs/predictive.md
	@scripts/predictive.sh

bundle: ## Installers for the desktop
	@scripts/bundle.sh

agent: ## The small static collector for routers and servers
	@scripts/agent.sh

simulate: ## Seeded worlds with faults over the real guard: make simulate SEEDS=20000
	@SEEDS="$(SEEDS)" scripts/simulate.sh
